import { withDeadline } from '../../base/async/timing.ts';
import { describeReference } from '../../kube-objects/kube-object.ts';
import { message } from '../../messages/message.ts';
import type { CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

/** A management cluster that does not answer in this time is not asked any further. */
const LOOK_TIMEOUT_MILLISECONDS = 10_000;
const NAMED_OBJECTS = 10;

/**
 * Objects of others by which the cluster is known in the management cluster already: they keep it from being published,
 * or double it there. Asked for plans only: a save does not depend on the management cluster.
 */
export async function publicationFindings({ services, change, signal }: CheckContext): Promise<readonly Finding[]> {
  const { publications, logger } = services;
  if (publications === undefined) return [];
  try {
    const deadline = withDeadline(signal, LOOK_TIMEOUT_MILLISECONDS);
    const { scope, spec } = change;
    const found = await publications.foreignTo({ ...scope, server: spec.apiServer }, deadline);
    if (found.length === 0) return [];
    const named = found.slice(0, NAMED_OBJECTS).map(describeReference);
    const objects = found.length > named.length ? [...named, '…'] : named;
    return [{ warning: message('Warning.publishedByOthers', { objects }) }];
  } catch (error) {
    signal.throwIfAborted();
    logger.info({ cluster: change.name, error }, 'the management cluster could not be asked who publishes the cluster');
    return [];
  }
}
