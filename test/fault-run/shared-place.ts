import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { parseYaml } from '../../src/base/yaml.ts';
import { textAt } from '../../src/kube-objects/kube-object.ts';
import type { Receipt } from '../../src/resources/cluster/receipt.ts';
import { documentOfText } from '../../src/state/kubernetes/stored-text.ts';
import { adminRequest } from '../harness/sandbox-source.ts';

const DEFINITIONS = join(import.meta.dirname, '../../deploy/definitions');
const NAMESPACE = 'nautes';

/** A simulated management cluster in which several servers keep what they share. */
export class SharedPlace {
  readonly cluster: SandboxCluster;
  readonly #sandbox: Sandbox;
  readonly #kubeconfig: string;

  private constructor(sandbox: Sandbox, cluster: SandboxCluster, kubeconfig: string) {
    this.#sandbox = sandbox;
    this.cluster = cluster;
    this.#kubeconfig = kubeconfig;
  }

  /** With the namespace and the definitions that servers expect. */
  static async open(directory: string): Promise<SharedPlace> {
    const sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [cluster] = sandbox.clusters;
    if (cluster === undefined) throw new Error('the sandbox has no cluster');
    const kubeconfig = join(directory, 'management.kubeconfig');
    await writeFile(kubeconfig, cluster.kubeconfig(), { mode: 0o600 });
    const request = adminRequest(cluster.server, cluster.kubeconfig());
    await request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    for (const file of await readdir(DEFINITIONS)) {
      const definition = parseYaml(await readFile(join(DEFINITIONS, file), 'utf8'));
      await request('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
    }
    return new SharedPlace(sandbox, cluster, kubeconfig);
  }

  /** Keys of the configuration of a replica. */
  configuration(name: string): Readonly<Record<string, unknown>> {
    return {
      storage: 'kubernetes',
      management: { kubeconfig: this.#kubeconfig, namespace: NAMESPACE },
      replicas: { name },
    };
  }

  receipts(): Receipt[] {
    return this.cluster.list('state.nautes.io/v1alpha1', 'ClusterState', NAMESPACE).flatMap((object) => {
      const text = textAt(object, 'spec', 'receipt');
      return text === '' ? [] : [documentOfText(text) as Receipt];
    });
  }

  /** Credentials of registrations that are gone are gone too. */
  credentialProblems(receipts: readonly Receipt[]): string[] {
    const gone = new Set(receipts.map(({ incarnation }) => incarnation));
    return this.cluster.list('v1', 'Secret', NAMESPACE).flatMap((secret) => {
      const incarnation = textAt(secret, 'metadata', 'labels', 'state.nautes.io/incarnation');
      return gone.has(incarnation) ? [`the Secret ${textAt(secret, 'metadata', 'name')} is still there`] : [];
    });
  }

  /** Everything that is stored, Secrets decoded. */
  texts(): string[] {
    const kinds = [
      ['state.nautes.io/v1alpha1', 'ClusterState'],
      ['v1', 'ConfigMap'],
      ['v1', 'Secret'],
      ['coordination.k8s.io/v1', 'Lease'],
    ] as const;
    const objects = kinds.flatMap(([apiVersion, kind]) => this.cluster.list(apiVersion, kind, NAMESPACE));
    return objects.flatMap((object) => {
      const { data } = object;
      const values = typeof data === 'object' && data !== null ? Object.values(data) : [];
      const texts = values.filter((value): value is string => typeof value === 'string');
      return [JSON.stringify(object), ...texts.map((text) => Buffer.from(text, 'base64').toString())];
    });
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
  }
}
