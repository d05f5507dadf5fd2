/** Longest cluster name: every name derived from it (labels, namespaces, releases) stays within Kubernetes' 63. */
export const MAXIMUM_CLUSTER_NAME_LENGTH = 50;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Why the text cannot be the name of a cluster, or `undefined` when it can (RFC 1123 label, at most 50 characters). */
export function clusterNameProblem(name: string): string | undefined {
  if (name.length === 0) return 'the name is empty';
  if (name.length > MAXIMUM_CLUSTER_NAME_LENGTH) {
    return `the name has ${name.length} characters, at most ${MAXIMUM_CLUSTER_NAME_LENGTH} are possible`;
  }
  if (!DNS_LABEL.test(name)) {
    return 'a name consists of lower case letters, digits and "-", and begins and ends with a letter or digit';
  }
  if (name === 'kustomization') return '"kustomization" is the name of a file of the repository itself';
  return undefined;
}

/** True for a legal name of a namespace (RFC 1123 label, at most 63 characters). */
export function isNamespaceName(name: string): boolean {
  return name.length <= 63 && DNS_LABEL.test(name);
}
