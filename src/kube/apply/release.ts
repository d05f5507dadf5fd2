import type { FormerField } from '../../resources/inventory.ts';
import { retryingConflicts } from '../client/conflicts.ts';
import { query } from '../client/requests.ts';
import type { ClusterConnection } from '../client/connection.ts';
import {
  ADOPTED_ANNOTATION,
  FIELD_MANAGER,
  type KubeObject,
  MANAGED_BY_LABEL,
  type ObjectHead,
} from '../../kube-objects/kube-object.ts';
import { resourcePath, type ResourceType } from '../../kube-objects/resource-types.ts';
import { canBeSetBack, setBack } from './adoption.ts';
import { OWN_LABELS } from './release-labels.ts';

/** What is released, and what we have changed on it. */
interface Adopted {
  readonly type: ResourceType;
  readonly head: ObjectHead;
  readonly former: readonly FormerField[];
}

/**
 * Gives up an object that existed before us: sets back what we have changed, and takes our labels off: a later
 * registration must not take it for ours.
 */
export async function releaseAdopted(
  connection: ClusterConnection,
  { type, head, former }: Adopted,
  signal: AbortSignal,
): Promise<void> {
  const { uid, name, namespace = '', labels = {} } = head.metadata;
  if (canBeSetBack(former)) {
    // Controllers write the status of an object while it is set back.
    return await retryingConflicts(() => replaceByFormer(connection, { type, head, former }, signal), signal);
  }
  const names = labels[MANAGED_BY_LABEL] === FIELD_MANAGER ? [...OWN_LABELS, MANAGED_BY_LABEL] : OWN_LABELS;
  const removed = Object.fromEntries(names.map((label) => [label, null]));
  const annotations = { [ADOPTED_ANNOTATION]: null };
  await connection.client.patch(
    type,
    { namespace, name },
    'merge',
    { metadata: { uid, labels: removed, annotations } },
    signal,
  );
}

/** Reads, sets back and writes. */
async function replaceByFormer(
  connection: ClusterConnection,
  { type, head, former }: Adopted,
  signal: AbortSignal,
): Promise<void> {
  const { uid, name, namespace = '' } = head.metadata;
  const live = await connection.client.find(type, { namespace, name }, signal);
  if (live === undefined || live.metadata.uid !== uid) return; // it is another object
  await replace(connection, type, setBack(live, former), signal);
}

/** Bound to the version that was read. Without our entry in managedFields no field counts as applied by us. */
async function replace(
  { client }: ClusterConnection,
  type: ResourceType,
  object: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const { labels = {}, annotations = {}, managedFields = [], namespace = '', name } = object.metadata;
  const { [ADOPTED_ANNOTATION]: _, ...otherAnnotations } = annotations;
  const kept = Object.entries(labels).filter(([label]) => !OWN_LABELS.includes(label));
  const others = managedFields.filter(({ manager, operation }) => manager !== FIELD_MANAGER || operation !== 'Apply');
  const metadata = {
    ...object.metadata,
    labels: Object.fromEntries(kept),
    annotations: otherAnnotations,
    managedFields: others,
  };
  const path = `${resourcePath(type, namespace, name)}${query({ fieldManager: FIELD_MANAGER })}`;
  await client.json({ method: 'PUT', path, body: { ...object, metadata } }, signal);
}
