import type { NautesError } from '../../errors/errors.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import {
  FIELD_MANAGER,
  INCARNATION_LABEL,
  isAppliedByUs,
  isOfOther,
  isRecord,
  type KubeObject,
  MANAGED_BY_LABEL,
  plainReference,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { PlannedObject } from './planned-object.ts';
import type { ObjectFailure } from './report.ts';

const CONFIGURATIONS = [wellKnown.mutatingWebhookConfiguration, wellKnown.validatingWebhookConfiguration];

/**
 * Removes the webhook configurations that earlier registrations of ours have left behind. Their backends may be gone, and
 * then they refuse whatever a new registration writes, for ever; that one brings its own.
 * @returns what was removed
 */
export async function removeLeftWebhooks(
  { client }: ClusterConnection,
  installation: string,
  incarnations: readonly string[],
  signal: AbortSignal,
): Promise<ObjectReference[]> {
  if (incarnations.length === 0) return [];
  const labelSelector = `${MANAGED_BY_LABEL}=${FIELD_MANAGER},${INCARNATION_LABEL} in (${incarnations.join(',')})`;
  const removed: ObjectReference[] = [];
  for (const type of CONFIGURATIONS) {
    const { items } = await client.listHeads(type, { namespace: '', labelSelector }, signal);
    for (const head of items.filter((item) => isAppliedByUs(item) && !isOfOther(item, installation))) {
      const { name, uid = '' } = head.metadata;
      await client.delete(type, { namespace: '', name }, uid === '' ? {} : { uid }, signal);
      removed.push(plainReference(referenceOf(head)));
    }
  }
  return removed;
}

/**
 * Removes those webhook configurations of a component that failed because nothing is behind their webhooks: they would refuse
 * for ever what brings that back, and the pass writes them last anyway.
 * @param entries the new inventory by key, where they become objects that do not exist yet
 * @returns what was removed
 */
export async function removeBlockingWebhooks(
  { client }: ClusterConnection,
  gates: readonly PlannedObject[],
  entries: Map<string, InventoryEntry>,
  failures: readonly ObjectFailure[],
  signal: AbortSignal,
): Promise<readonly ObjectReference[]> {
  const names = new Set(failures.flatMap(({ error }) => webhookWithoutBackend(error) ?? []));
  const removed: ObjectReference[] = [];
  for (const { desired, decision, type } of gates) {
    const head = 'head' in decision ? decision.head : undefined;
    const entry = entries.get(desired.key);
    if (head?.metadata.uid === undefined || head.metadata.uid !== entry?.uid || entry.foreign) continue;
    if (type === undefined || !configuresWebhook(desired.object, names)) continue;
    const { uid, name } = head.metadata;
    await client.delete(type, { namespace: '', name }, { uid }, signal);
    entries.set(desired.key, { ...entry, uid: '', hash: '', revision: '' });
    removed.push(desired.reference);
  }
  return removed;
}

/** The webhook that refused a write because nothing is behind it any more; `undefined` for every other failure. */
function webhookWithoutBackend({ cause }: NautesError): string | undefined {
  if (!(cause instanceof KubeApiError)) return undefined;
  const { peerMessage } = cause.failure;
  if (!/service "[^"]*" not found|no endpoints available for service/.test(peerMessage)) return undefined;
  return /failed calling webhook "([^"]+)"/.exec(peerMessage)?.[1];
}

/** Whether the object is a webhook configuration with one of the webhooks. */
function configuresWebhook({ webhooks }: KubeObject, names: ReadonlySet<string>): boolean {
  return Array.isArray(webhooks) && webhooks.some((hook) => isRecord(hook) && names.has(String(hook['name'])));
}
