import type { ClusterConnection } from '../kube/index.ts';
import { valueAt } from '../kube-objects/kube-object.ts';
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
    const { verb, group, resource, namespace } = right;
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, namespace } },
    };
    const answer = await inPlace(client.json({ method: 'POST', path: REVIEWS, body }, signal), signal);
    if (valueAt(answer, 'status', 'allowed') !== true) missing.push(right);
  }
  return missing;
}

/** `create secrets in argocd`, `list applications.argoproj.io in argocd`. */
export function describeRight({ verb, group, resource, namespace }: NeededRight): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  return namespace === '' ? `${verb} ${kind}` : `${verb} ${kind} in ${namespace}`;
}
