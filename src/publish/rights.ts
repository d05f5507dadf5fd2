import type { ClusterConnection } from '../kube/index.ts';
import { groupOf, valueAt } from '../kube-objects/kube-object.ts';
import type { ResourceType } from '../kube-objects/resource-types.ts';
import { inPlace } from './place-error.ts';
import type { NeededRight } from './publication.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

/** Those of the rights that the management cluster does not give us. @throws NautesError when it cannot be asked */
export async function missingRights(
  { client }: ClusterConnection,
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
    const answer = await inPlace(client.json({ method: 'POST', path: REVIEWS, body }, signal), signal);
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
