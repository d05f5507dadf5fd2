import { NautesError } from '../errors/errors.ts';
import { KubeApiError } from '../kube/index.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** What a store in the management cluster says when a request there failed; `undefined` for errors of any other kind. */
export function managementProblem(error: unknown, where: string): Message | undefined {
  if (!(error instanceof NautesError)) return undefined;
  const isTrouble = error instanceof KubeApiError || /^(Cluster|Management|KindNotServed)/.test(error.reason);
  return isTrouble ? message('About.name', { name: where, what: error.said }) : undefined;
}
