import type { KubeClient } from '../kube/index.ts';
import { groupOf, valueAt } from '../kube-objects/kube-object.ts';
import type { ResourceType } from '../kube-objects/resource-types.ts';

/** A right in the management cluster, as SelfSubjectAccessReviews ask for it. */
export interface NeededRight {
  readonly verb: string;
  /** API group, empty for the core group. */
  readonly group: string;
  /** Plural, with a subresource after a slash. */
  readonly resource: string;
  /** Empty: in all namespaces, or for cluster-scoped resources. */
  readonly namespace: string;
}

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Those of the rights that the management cluster does not give us. @throws NautesError when it cannot be asked */
export async function missingRights(
  client: KubeClient,
  rights: readonly NeededRight[],
  signal: AbortSignal,
): Promise<readonly NeededRight[]> {
  const missing: NeededRight[] = [];
  for (const right of rights) {
    const { verb, group, namespace } = right;
    const [resource = '', subresource = ''] = right.resource.split('/', 2);
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
    };
    const answer = await client.json({ method: 'POST', path: REVIEWS, body }, signal);
    if (valueAt(answer, 'status', 'allowed') !== true) missing.push(right);
  }
  return missing;
}

/** The right to do these things with objects of a kind in a namespace, or with a part of them. */
export function rightsTo(
  { apiVersion, plural }: ResourceType,
  verbs: readonly string[],
  namespace: string,
  subresource?: string,
): readonly NeededRight[] {
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return verbs.map((verb) => ({ verb, group: groupOf(apiVersion), resource, namespace }));
}

/** `create secrets in argocd`, `list applications.argoproj.io in argocd`. */
export function describeRight({ verb, group, resource, namespace }: NeededRight): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  return namespace === '' ? `${verb} ${kind}` : `${verb} ${kind} in ${namespace}`;
}
