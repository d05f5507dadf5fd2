/** The management cluster of the demo: a simulated one more, with the definitions of what is published there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '../../src/base/yaml.ts';
import { formatTable } from '../../src/cli/output/table.ts';
import type { KubeClient } from '../../src/kube/index.ts';
import { type KubeObject, listAt, MANAGED_BY_LABEL, textAt } from '../../src/kube-objects/kube-object.ts';
import { type ResourceType, wellKnown } from '../../src/kube-objects/resource-types.ts';
import { openKubeconfigCluster } from '../../src/management/index.ts';

const DEFINITIONS = [
  join(import.meta.dirname, 'cluster-profiles.yaml'),
  join(import.meta.dirname, '../../deploy/definitions/nautes.resource.nautes.io_clusters.yaml'),
];
const FLEET = 'nautes-fleet';
const KUBECONFIGS = 'nautes-kubeconfigs';
const NAMESPACES = ['argocd', 'nautes', FLEET, KUBECONFIGS];

const profile = type('multicluster.x-k8s.io/v1alpha1', 'ClusterProfile', 'clusterprofiles');
const cluster = type('nautes.resource.nautes.io/v1alpha1', 'Cluster', 'clusters');
const PUBLISHED: readonly ResourceType[] = [profile, cluster, wellKnown.secret];

function type(apiVersion: string, kind: string, plural: string): ResourceType {
  return { apiVersion, kind, plural, namespaced: true, listable: true };
}

/** What the server is configured with, to publish in every way there. */
export function managementEnvironment(kubeconfig: string): Record<string, string> {
  return {
    NAUTES_MANAGEMENT_KUBECONFIG: kubeconfig,
    NAUTES_MANAGEMENT_PUBLISH_ARGOCD_ENABLED: 'true',
    NAUTES_MANAGEMENT_PUBLISH_CLUSTER_PROFILES_NAMESPACES: FLEET,
    NAUTES_MANAGEMENT_PUBLISH_CLUSTER_PROFILES_CREDENTIALS: 'true',
    NAUTES_MANAGEMENT_PUBLISH_CLUSTER_OBJECT_MODE: 'object',
    NAUTES_MANAGEMENT_PUBLISH_KUBECONFIG_SECRET_NAMESPACE: KUBECONFIGS,
  };
}

/** Creates the namespaces and definitions that publishing needs. */
export function prepareManagement(kubeconfig: string, signal: AbortSignal): Promise<void> {
  return withClient(kubeconfig, signal, async (client) => {
    for (const name of NAMESPACES) {
      const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await client.apply(wellKnown.namespace, namespace, {}, signal);
    }
    for (const file of DEFINITIONS) {
      const definition = parseYaml(await readFile(file, 'utf8')) as KubeObject;
      await client.apply(wellKnown.customResourceDefinition, definition, {}, signal);
    }
  });
}

/** What is published there, as a table. */
export function publishedObjects(kubeconfig: string, signal: AbortSignal): Promise<string> {
  return withClient(kubeconfig, signal, async (client) => {
    const rows = [['OBJECT', 'CLUSTER', 'SAYS']];
    for (const kind of PUBLISHED) {
      const options = { labelSelector: `${MANAGED_BY_LABEL}=nautes` };
      const { items } = await client.list(kind, options, signal);
      for (const item of items.filter(isPublished)) rows.push(rowOf(item));
    }
    return formatTable(rows).join('\n');
  });
}

function isPublished({ metadata }: KubeObject): boolean {
  return NAMESPACES.includes(metadata.namespace ?? '');
}

function rowOf(item: KubeObject): string[] {
  const { namespace = '', name, labels = {} } = item.metadata;
  return [`${item.kind} ${namespace}/${name}`, labels['cluster.nautes.io/name'] ?? '', saysOf(item)];
}

function saysOf(item: KubeObject): string {
  if (item.kind === 'Secret') return textAt(item, 'type') === 'Opaque' ? secretUse(item) : textAt(item, 'type');
  const conditions = listAt(item, 'status', 'conditions').map(
    (one) => `${textAt(one, 'type')}=${textAt(one, 'status')}`,
  );
  const shown = conditions.filter((text) => /^(ControlPlaneHealthy|Ready|Reachable)=/.test(text));
  return shown.join(' ');
}

function secretUse({ metadata }: KubeObject): string {
  const isArgoCd = metadata.labels?.['argocd.argoproj.io/secret-type'] === 'cluster';
  return isArgoCd ? 'a cluster of Argo CD' : 'credential of the ClusterProfile';
}

async function withClient<T>(
  kubeconfig: string,
  signal: AbortSignal,
  action: (client: KubeClient) => Promise<T>,
): Promise<T> {
  const management = await openKubeconfigCluster(kubeconfig, 'nautes');
  try {
    return await action(await management.client(signal));
  } finally {
    management.close();
  }
}
