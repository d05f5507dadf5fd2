import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** Longest cluster name: every name derived from it (labels, namespaces, releases) stays within Kubernetes' 63. */
export const MAXIMUM_CLUSTER_NAME_LENGTH = 50;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Why the text is not a valid name of a cluster, or `undefined` (RFC 1123 label, at most 50 characters). */
export function clusterNameProblem(name: string): Message | undefined {
  if (name.length === 0) return message('ClusterInvalid.nameEmpty');
  if (name.length > MAXIMUM_CLUSTER_NAME_LENGTH) {
    return message('ClusterInvalid.nameTooLong', { length: name.length, maximum: MAXIMUM_CLUSTER_NAME_LENGTH });
  }
  if (!DNS_LABEL.test(name)) return message('ClusterInvalid.nameForm');
  return name === 'kustomization' ? message('ClusterInvalid.nameReserved') : undefined;
}

/** True for a valid name of a namespace (RFC 1123 label, at most 63 characters). */
export function isNamespaceName(name: string): boolean {
  return name.length <= 63 && DNS_LABEL.test(name);
}
