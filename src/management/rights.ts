import type { KubeClient } from '../kube/index.ts';
import { valueAt } from '../kube-objects/kube-object.ts';

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
  const answers = await Promise.all(
    rights.map(async ({ verb, group, resource: named, namespace }) => {
      const [resource = '', subresource = ''] = named.split('/', 2);
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
      };
      return await client.json({ method: 'POST', path: REVIEWS, body }, signal);
    }),
  );
  return rights.filter((_right, index) => valueAt(answers[index], 'status', 'allowed') !== true);
}

/** `create secrets in argocd`, `list applications.argoproj.io in argocd`. */
export function describeRight({ verb, group, resource, namespace }: NeededRight): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  return namespace === '' ? `${verb} ${kind}` : `${verb} ${kind} in ${namespace}`;
}
