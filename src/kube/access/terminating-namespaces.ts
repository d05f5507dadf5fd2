import { mapBounded } from '../../base/async/concurrency.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { KubeClient } from '../client/client.ts';
import { namespaceHold } from '../client/namespace-hold.ts';
import type { NamespaceList } from './namespaces.ts';

/** Namespaces that are read at a time. */
const PARALLEL_READS = 4;

/**
 * Warns of namespaces that are being deleted: nothing can be installed there before they are gone.
 * @param list without one each is asked for
 */
export async function terminatingNamespaces(
  client: KubeClient,
  names: readonly string[],
  list: NamespaceList | undefined,
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const isTerminating = (name: string): boolean => list?.find(name)?.metadata.deletionTimestamp !== undefined;
  const candidates = list === undefined ? [...new Set(names)] : [...new Set(names)].filter(isTerminating);
  const warnings = await mapBounded(candidates, PARALLEL_READS, async (name) => {
    // A refusal is among the findings of the rights.
    const found = await client.find(wellKnown.namespace, { namespace: '', name }, signal).catch(() => undefined);
    if (found?.metadata.deletionTimestamp === undefined) return [];
    const { message: what } = namespaceHold(found, false);
    return [message('Warning.namespaceTerminating', { name, what })];
  });
  signal.throwIfAborted();
  return warnings.flat();
}
