import { sleep } from '../../base/async/timing.ts';
import type { FormerField } from '../../resources/inventory.ts';
import { KubeApiError } from '../client/kube-error.ts';
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

/** Tries of setting back; controllers write the status of an object while it is set back. */
const TRIES = 10;
const PAUSE_MILLISECONDS = 50;

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
  if (canBeSetBack(former)) return await replaceByFormer(connection, { type, head, former }, signal);
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

/** Reads, sets back and writes; again when another writer was faster. */
async function replaceByFormer(
  connection: ClusterConnection,
  { type, head, former }: Adopted,
  signal: AbortSignal,
): Promise<void> {
  const { uid, name, namespace = '' } = head.metadata;
  for (let attempt = 1; ; attempt += 1) {
    const live = await connection.client.find(type, { namespace, name }, signal);
    if (live === undefined || live.metadata.uid !== uid) return; // it is another object
    try {
      return await replace(connection, type, setBack(live, former), signal);
    } catch (error) {
      if (!(error instanceof KubeApiError && error.httpStatus === 409) || attempt === TRIES) throw error;
      await sleep(Math.random() * PAUSE_MILLISECONDS * attempt, signal);
    }
  }
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
