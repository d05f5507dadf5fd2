import { mapBounded } from '../../base/async/concurrency.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { KubeClient } from '../client/client.ts';
import { namespaceHold } from '../client/namespace-hold.ts';

/** Namespaces that are read at a time. */
const PARALLEL_READS = 4;
/** A cluster with more of them is asked for each by its name. */
const LISTED_NAMESPACES = 250;

/** Warns of namespaces that are being deleted: nothing can be installed there before they are gone. */
export async function terminatingNamespaces(
  client: KubeClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Message[]> {
  const candidates = await suspects(client, new Set(names), signal);
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

/** Those of the Namespaces that are being deleted, by one list where there are not too many; otherwise all. */
async function suspects(
  client: KubeClient,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const list = await client.listHeads(wellKnown.namespace, { limit: LISTED_NAMESPACES }, signal).catch(() => undefined); // as for a single one
  signal.throwIfAborted();
  if (list?.complete !== true) return [...names];
  return list.items.flatMap(({ metadata: { name, deletionTimestamp } }) =>
    deletionTimestamp !== undefined && names.has(name) ? [name] : [],
  );
}
