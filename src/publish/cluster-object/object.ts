import { isRecord, type KubeObject, ownershipLabels } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import { type ObjectCondition, objectCondition, readiness } from '../conditions.ts';
import { factAnnotations, factLabels } from '../facts.ts';
import type { PublishedCluster } from '../publication.ts';

/** The original's kind, whose objects are the files of the tenant's repository. */
export const clusterObjectType: ResourceType = {
  apiVersion: 'nautes.resource.nautes.io/v1alpha1',
  kind: 'Cluster',
  plural: 'clusters',
  namespaced: true,
  listable: true,
};

const COMMIT_ANNOTATION = 'cluster.nautes.io/commit';

/** The cluster's file as an object, with the labels of ours; the definition wants a list of components, also an empty one. */
export function clusterObject(published: PublishedCluster, namespace: string): KubeObject {
  const { owner, document, status } = published;
  const { name, labels, annotations } = document.metadata;
  return {
    apiVersion: document.apiVersion,
    kind: document.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, ...ownershipLabels(owner, 'cluster-object'), ...factLabels(published) },
      annotations: { ...annotations, ...factAnnotations(published), [COMMIT_ANNOTATION]: status.commit },
    },
    spec: { componentsList: {}, ...(isRecord(document['spec']) ? document['spec'] : {}) },
  };
}

/** The status of the object, to be applied to its subresource: what the original's definition has room for. */
export function clusterObjectStatus(status: ClusterStatus, namespace: string): KubeObject {
  return {
    apiVersion: clusterObjectType.apiVersion,
    kind: clusterObjectType.kind,
    metadata: { name: status.name, namespace },
    status: {
      conditions: conditionsOf(status),
      entryPoints: entryPointsByHost(status.entryPoints),
      componentsStatus: Object.fromEntries(
        status.components.map((component) => [component.category, shown(component)]),
      ),
    },
  };
}

/** What is published does not say so of itself, and `Ready` is as it will be when it is published. */
function conditionsOf({ conditions }: ClusterStatus): readonly ObjectCondition[] {
  const others = conditions.filter(({ type }) => type !== 'Ready' && type !== 'Published');
  const ready = readiness(conditions);
  return [...others.map((condition) => objectCondition(condition)), ...(ready === undefined ? [] : [ready])];
}

function shown(component: PublishedCluster['status']['components'][number]): Readonly<Record<string, unknown>> {
  const { name, namespace, version, phase, reason, objects } = component;
  return { name, namespace, version, phase, reason, objects };
}

interface EntryPointPorts {
  readonly httpPort?: number;
  readonly httpsPort?: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Entry points by their host, as the original has them by name: `https://10.0.0.1:30443` is its `httpsPort`. */
function entryPointsByHost(addresses: readonly string[]): Readonly<Record<string, EntryPointPorts>> {
  const byHost = new Map<string, EntryPointPorts>();
  for (const address of addresses) {
    const url = URL.parse(address);
    const scheme = url?.protocol.slice(0, -1) ?? '';
    const port = Number(url?.port) || DEFAULT_PORTS[scheme];
    if (url === null || port === undefined) continue;
    const ports = scheme === 'http' ? { httpPort: port } : { httpsPort: port };
    byHost.set(url.hostname, { ...byHost.get(url.hostname), ...ports });
  }
  return Object.fromEntries(byHost);
}
