import { errorCatalogue } from '../../messages/errors/index.ts';

const byWire = new Map(Object.keys(errorCatalogue).map((reason) => [wireForm(reason), reason]));

/** The reason as the catalogue has it, of one in either spelling; one that is not in it stays as it is. */
export function reasonOfWire(reason: string): string {
  return byWire.get(reason) ?? reason;
}

/** `ClusterNotFound` -> `CLUSTER_NOT_FOUND`. */
function wireForm(reason: string): string {
  return reason.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
