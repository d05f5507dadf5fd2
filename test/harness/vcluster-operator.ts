import { type ControlPlane, type Etcd, startControlPlane } from '../../tools/controlplane/control-plane.ts';
import { sleep } from '../../src/base/async/timing.ts';
import type { TargetCluster } from './target-cluster.ts';

const LOOK_MILLISECONDS = 250;

interface Item {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly ports?: readonly { readonly name?: string; readonly nodePort?: number }[];
    readonly volumeName?: string;
    readonly storageClassName?: string;
  };
}

/**
 * Plays vCluster on a real control plane, whose Pods run nothing: for every StatefulSet with its label it starts a real
 * API server at the node port of the Service of the same name and writes its kubeconfig into the Secret `vc-<name>`.
 * Plays the provisioner of volumes as well: claims get one that goes with them.
 */
export class VclusterOperator implements AsyncDisposable {
  readonly #host: TargetCluster;
  readonly #etcd: Etcd;
  readonly #planes = new Map<string, { readonly plane: ControlPlane; readonly port: number }>();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  /** @param etcd is shared by all of its clusters */
  constructor(host: TargetCluster, etcd: Etcd) {
    this.#host = host;
    this.#etcd = etcd;
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await Promise.all([...this.#planes.values()].map(({ plane }) => plane.stop()));
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.#look().catch(() => {}); // the host may be away: that is what some tests are about
      await sleep(LOOK_MILLISECONDS, signal).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    await this.#provision();
    const sets = await this.#list('/apis/apps/v1/statefulsets?labelSelector=app%3Dvcluster');
    const wanted = new Set(sets.map(keyOf));
    for (const [key, { plane }] of this.#planes) {
      if (wanted.has(key)) continue;
      this.#planes.delete(key);
      await plane.stop();
    }
    for (const set of sets) await this.#serve(set);
  }

  async #serve(set: Item): Promise<void> {
    const { name, namespace } = set.metadata;
    const services = await this.#list(`/api/v1/namespaces/${namespace}/services`);
    const service = services.find(({ metadata }) => metadata.name === name);
    const port = service?.spec.ports?.find((each) => each.name === 'https')?.nodePort;
    if (port === undefined || this.#planes.get(keyOf(set))?.port === port) return;
    await this.#planes.get(keyOf(set))?.plane.stop();
    const address = new URL(this.#host.server).hostname;
    const plane = await startControlPlane({ address, port, etcd: this.#etcd, signal: this.#closing.signal });
    this.#planes.set(keyOf(set), { plane, port });
    const config = Buffer.from(plane.adminKubeconfig).toString('base64');
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: `vc-${name}` }, data: { config } };
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const { status } = await this.#host.request('POST', path, secret);
    if (status === 409) await this.#host.request('PUT', `${path}/vc-${name}`, secret);
  }

  async #provision(): Promise<void> {
    const claims = await this.#list('/api/v1/persistentvolumeclaims');
    const volumes = await this.#list('/api/v1/persistentvolumes');
    const nameOf = ({ metadata }: Item): string => `for-${metadata.namespace}-${metadata.name}`;
    for (const claim of claims) {
      if (volumes.some(({ metadata }) => metadata.name === nameOf(claim))) continue;
      const { name, namespace } = claim.metadata;
      await this.#host.request('POST', '/api/v1/persistentvolumes', {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: nameOf(claim) },
        spec: {
          accessModes: ['ReadWriteOnce'],
          capacity: { storage: '10Gi' },
          claimRef: { name, namespace },
          hostPath: { path: '/nowhere' },
          persistentVolumeReclaimPolicy: 'Retain',
        },
      });
    }
    const wanted = new Set(claims.map(nameOf));
    for (const { metadata } of volumes) {
      if (!metadata.name.startsWith('for-') || wanted.has(metadata.name)) continue;
      await this.#host.request('DELETE', `/api/v1/persistentvolumes/${metadata.name}`);
    }
  }

  async #list(path: string): Promise<readonly Item[]> {
    const { body } = await this.#host.request('GET', path);
    return (body as { readonly items?: readonly Item[] }).items ?? [];
  }
}

function keyOf({ metadata }: Item): string {
  return `${metadata.namespace}/${metadata.name}`;
}
