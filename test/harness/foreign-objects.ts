import type { JsonObject, SandboxCluster } from '../../sandbox/index.ts';
import { waitUntil } from './wait-until.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';

function ofHelm(release: string, namespace: string): Pick<KubeObject['metadata'], 'labels' | 'annotations'> {
  return {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
  };
}

function definition(
  [plural, group, kind]: readonly [plural: string, group: string, kind: string],
  owner: Partial<KubeObject['metadata']>,
): KubeObject {
  const names = { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...owner },
    spec: { group, scope: 'Namespaced', names, versions: [{ name: 'v1alpha1', served: true, storage: true, schema }] },
  };
}

function workload(name: string, namespace: string, owner: Partial<KubeObject['metadata']>): KubeObject {
  const labels = { app: name };
  const containers = [{ name: 'main', image: `example.test/${name}:3` }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, ...owner },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

/** The Traefik that k3s brings: definitions of one Helm release, all else of another, in kube-system. */
export const k3sTraefik: readonly KubeObject[] = [
  definition(['ingressroutes', 'traefik.io', 'IngressRoute'], ofHelm('traefik-crd', 'kube-system')),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik', ...ofHelm('traefik', 'kube-system') },
    spec: { controller: 'traefik.io/ingress-controller' },
  },
  workload('traefik', 'kube-system', ofHelm('traefik', 'kube-system')),
];

/** What a user of that Traefik has made. */
export const shopRoute: KubeObject = {
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'IngressRoute',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { routes: [{ match: 'Host(`shop.example.com`)', kind: 'Rule' }] },
};

/** Argo CD as Helm installs it, where ours would be. */
export const helmArgocd: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } },
  definition(['applications', 'argoproj.io', 'Application'], ofHelm('argo', 'argocd')),
  workload('argocd-server', 'argocd', ofHelm('argo', 'argocd')),
  workload('argo-notifications', 'argocd', ofHelm('argo', 'argocd')),
];

export function applyAll(cluster: SandboxCluster, objects: readonly KubeObject[]): void {
  for (const object of objects) cluster.apply(object as JsonObject, 'helm');
}

/** As soon as its kind is served. */
export async function applyOfNewKind(cluster: SandboxCluster, object: KubeObject): Promise<void> {
  await waitUntil(`${object.kind} is served`, async () => {
    try {
      return await Promise.resolve(cluster.apply(object as JsonObject, 'ada'));
    } catch {
      return undefined;
    }
  });
}
