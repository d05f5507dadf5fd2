import { randomBytes } from 'node:crypto';
import { Secret } from '../../base/secret.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { loopbackAddressPolicy } from '../transport/address.ts';
import { applyComponent } from '../apply/apply.ts';
import { query } from '../client/requests.ts';
import { type ClusterConnection, openConnection } from '../client/connection.ts';
import { readKubeconfig } from '../kubeconfig/kubeconfig.ts';
import type { KubeObject, ObjectOwner } from '../../kube-objects/kube-object.ts';
import { objectKey } from '../../kube-objects/kube-object.ts';
import { removeObjects } from '../apply/removal.ts';
import type { ApplyReport } from '../apply/report.ts';
import type { ApplyRequest } from '../apply/request.ts';
import { resourcePath, type ResourceType } from '../../kube-objects/resource-types.ts';

/** A cluster that the contract suites run against. */
export interface ContractCluster {
  readonly server: string;
  /** Of an administrator, with a client certificate. */
  readonly kubeconfig: string;
  /** Pods of the workload do not become ready, where that can be asked for: their image cannot be had. */
  neverReady?(namespace: string, workload: string): void;
  /** Makes earlier versions unknown to watches, where they are not from the start. */
  forgetHistory?(): void;
  close(): Promise<void>;
}

/** What the suites need to know of the differences between clusters. */
export interface ContractTraits {
  readonly name: string;
  create(): Promise<ContractCluster>;
}

/** Waits in the suites end with this. */
export const PATIENCE_MILLISECONDS = 60_000;

export function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MILLISECONDS);
}

/** The registration that owns what the tests make under the name. */
export function ownerOf(name: string): ObjectOwner {
  return { installation: 'tests', cluster: 'tested', incarnation: `incarnation-${name}` };
}

/** A name that no other test of the same cluster has. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** A cluster, an administrator's connection to it, and what the tests of a suite do again and again. */
export class ContractFixture {
  readonly cluster: ContractCluster;
  readonly connection: ClusterConnection;

  static async open(traits: ContractTraits): Promise<ContractFixture> {
    return new ContractFixture(await traits.create());
  }

  private constructor(cluster: ContractCluster) {
    this.cluster = cluster;
    const { credential, findings } = readKubeconfig(new Secret(cluster.kubeconfig));
    if (credential === undefined) throw findings[0] ?? new Error('no credential');
    this.connection = openConnection({ server: cluster.server, ...credential, addresses: loopbackAddressPolicy });
  }

  async close(): Promise<void> {
    this.connection.close();
    await this.cluster.close();
  }

  /** A request for a component with one namespace of its own; `inventory` is what the report before has left. */
  request(name: string, objects: readonly KubeObject[], changes: Partial<ApplyRequest> = {}): ApplyRequest {
    return {
      component: name,
      owner: ownerOf(name),
      namespaces: [name],
      objects,
      inventory: [],
      recordIntent: () => Promise.resolve(),
      adoptForeign: false,
      ignoreFields: [],
      mode: 'full',
      ...changes,
    };
  }

  async apply(request: ApplyRequest): Promise<ApplyReport> {
    return await applyComponent(this.connection, request, patience());
  }

  /** Server-side apply by somebody else, forced; of a new kind as soon as it is served. */
  async applyAs(manager: string, type: ResourceType, object: KubeObject): Promise<void> {
    await this.connection.discovery.waitUntilServed(type.apiVersion, type.kind, PATIENCE_MILLISECONDS, patience());
    const { name, namespace = '' } = object.metadata;
    const path = `${resourcePath(type, namespace, name)}${query({ fieldManager: manager, force: 'true' })}`;
    await this.connection.client.json(
      { method: 'PATCH', path, body: object, contentType: 'application/apply-patch+yaml' },
      patience(),
    );
  }

  /** A merge patch by somebody else, as `kubectl edit` or a controller sends it. */
  async patchAs(manager: string, type: ResourceType, reference: ObjectReference, body: unknown): Promise<void> {
    const path = `${resourcePath(type, reference.namespace, reference.name)}${query({ fieldManager: manager })}`;
    const contentType = 'application/merge-patch+json';
    await this.connection.client.json({ method: 'PATCH', path, body, contentType }, patience());
  }

  async find(type: ResourceType, namespace: string, name: string): Promise<KubeObject | undefined> {
    return await this.connection.client.find(type, { namespace, name }, patience());
  }

  /** A webhook takes effect a moment after its configuration is there. */
  async untilRefused(type: ResourceType, object: KubeObject): Promise<void> {
    const create = () => this.connection.client.create(type, object, { dryRun: true }, patience());
    await eventually(() =>
      create().then(
        () => false,
        () => true,
      ),
    );
  }

  /** Removal passes until nothing remains. */
  async removeAll(owner: ObjectOwner, entries: readonly InventoryEntry[], keepDependants = false): Promise<void> {
    let left = entries;
    while (left.length > 0) {
      const report = await removeObjects(this.connection, { owner, entries: left, keepDependants }, patience());
      const done = new Set([...report.removed, ...report.left].map(objectKey));
      left = left.filter((entry) => !done.has(objectKey(entry)));
      if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** What is found within the patience of the suites; a condition holds once it is true. */
export async function eventually<T>(look: () => Promise<T | false | undefined>): Promise<T> {
  const signal = patience();
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export const configMapType: ResourceType = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
  listable: true,
};

export const deploymentType: ResourceType = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
  listable: true,
};

export function configMap(namespace: string, name: string, data: Record<string, string> = { a: '1' }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** Refuses writes of ConfigMaps in the namespace of its name: nothing is behind it. */
export function refusingWebhook(name: string): KubeObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.example.test`,
        clientConfig: { service: { name: 'absent', namespace: name, path: '/' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'UPDATE'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 1,
      },
    ],
  };
}

export function deployment(namespace: string, name: string, replicas = 1): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'example.test/main:1', args: ['serve'] }] },
      },
    },
  };
}

/** A CRD of a kind `Widget` in a group of its own. */
export function widgetDefinition(group: string, scope: 'Namespaced' | 'Cluster' = 'Namespaced'): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope,
      names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
        },
      ],
    },
  };
}

export function widgetType(group: string, namespaced = true): ResourceType {
  return { apiVersion: `${group}/v1`, kind: 'Widget', plural: 'widgets', namespaced, listable: true };
}

export function widget(group: string, namespace: string, name: string): KubeObject {
  const metadata = namespace === '' ? { name } : { name, namespace };
  return { apiVersion: `${group}/v1`, kind: 'Widget', metadata, spec: { size: 1 } };
}
