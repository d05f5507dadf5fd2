import type { ClusterConnection } from '../client/connection.ts';
import {
  ADOPTED_ANNOTATION,
  CLUSTER_NAME_LABEL,
  COMPONENT_LABEL,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  INSTALLATION_LABEL,
  MANAGED_BY_LABEL,
  type ObjectHead,
} from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';

const OWN_LABELS = [COMPONENT_LABEL, INSTALLATION_LABEL, CLUSTER_NAME_LABEL, INCARNATION_LABEL];

/** Takes our labels off an object that existed before us: a later registration must not take it for ours. */
export async function releaseAdopted(
  { client }: ClusterConnection,
  type: ResourceType,
  { metadata }: ObjectHead,
  signal: AbortSignal,
): Promise<void> {
  const names = metadata.labels?.[MANAGED_BY_LABEL] === FIELD_MANAGER ? [...OWN_LABELS, MANAGED_BY_LABEL] : OWN_LABELS;
  const labels = Object.fromEntries(names.map((name) => [name, null]));
  const annotations = { [ADOPTED_ANNOTATION]: null };
  const { uid, name, namespace = '' } = metadata;
  await client.patch(type, { namespace, name }, 'merge', { metadata: { uid, labels, annotations } }, signal);
}
