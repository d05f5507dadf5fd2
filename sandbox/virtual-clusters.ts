import type { ClusterState } from './cluster/cluster-state.ts';
import { isPodReady } from './controllers/pods.ts';
import { type ObjectName, Reconciler } from './controllers/reconciler.ts';
import { Writer } from './controllers/write.ts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from './base/json.ts';
import { builtinResource } from './resources/builtin-resources.ts';
import { isBeingDeleted, labelsOf, type StoredObject } from './store/stored-object.ts';

/** A simulated virtual cluster. */
export interface VirtualCluster {
  readonly state: ClusterState;
  /** Opens its door at the node port of its host. */
  open(port: number): Promise<void>;
  shut(): Promise<void>;
  kubeconfig(): string;
}

/** The field manager of vCluster's objects on its host. */
const MANAGER = 'vcluster';
const SECRETS = builtinResource('', 'secrets');
const INGRESSES = builtinResource('networking.k8s.io', 'ingresses');
const WATCHED = new Set(['statefulsets.apps', 'pods', 'services']);

interface Running {
  readonly cluster: VirtualCluster;
  /** UID of its PersistentVolumeClaim. */
  readonly claim: string;
  /** 0 while it is shut. */
  port: number;
}

/**
 * Plays vCluster on a host: a StatefulSet with its label (`app: vcluster`) whose Pod is ready is a cluster at the node
 * port of the Service of the same name. Its kubeconfig goes into the Secret `vc-<name>`, its Ingresses appear in the
 * namespace on the host. Its objects live as long as the Pod's volume: who deletes that gets an empty cluster.
 */
export class VirtualClusters {
  readonly #host: ClusterState;
  readonly #make: (name: string) => VirtualCluster;
  readonly #secrets: Writer;
  readonly #ingresses: Writer;
  readonly #running = new Map<string, Running>();
  /** Opening and shutting doors, one after the other. */
  #doors: Promise<void> = Promise.resolve();

  constructor(host: ClusterState, make: (name: string) => VirtualCluster) {
    this.#host = host;
    this.#make = make;
    this.#secrets = new Writer(host, SECRETS, MANAGER);
    this.#ingresses = new Writer(host, INGRESSES, MANAGER);
    const reconciler = new Reconciler(host, (name) => this.#reconcile(name));
    host.store.listen(({ resource, object }) => {
      if (!WATCHED.has(resource) || labelsOf(object)['app'] !== 'vcluster') return;
      const name = resource === 'pods' ? object.name.replace(/-\d+$/, '') : object.name;
      reconciler.enqueue(object.namespace, name);
    });
  }

  /** Those whose control plane runs. */
  get clusters(): readonly VirtualCluster[] {
    return [...this.#running.values()].filter(({ port }) => port !== 0).map(({ cluster }) => cluster);
  }

  /** Resolves when doors that were to be opened or shut are. */
  settled(): Promise<void> {
    return this.#doors;
  }

  async close(): Promise<void> {
    await this.#doors;
    await Promise.all([...this.#running.values()].map(({ cluster }) => cluster.shut()));
    this.#running.clear();
  }

  #reconcile(name: ObjectName): void {
    const key = `${name.namespace}/${name.name}`;
    const claim = this.#host.store.get('persistentvolumeclaims', name.namespace, `data-${name.name}-0`)?.uid ?? '';
    const known = this.#running.get(key);
    if (known !== undefined && known.claim !== claim) {
      this.#running.delete(key);
      this.#turn(() => known.cluster.shut());
    }
    const port = this.#isUp(name) ? this.#nodePort(name) : 0;
    const running = this.#running.get(key);
    if (running === undefined && port === 0) return;
    this.#move(name, running ?? this.#begin(name, key, claim), port);
  }

  #isUp({ namespace, name }: ObjectName): boolean {
    const set = this.#host.store.get('statefulsets.apps', namespace, name);
    const pod = this.#host.store.get('pods', namespace, `${name}-0`);
    return set !== undefined && !isBeingDeleted(set) && pod !== undefined && isPodReady(pod);
  }

  #nodePort({ namespace, name }: ObjectName): number {
    const service = this.#host.store.get('services', namespace, name);
    const ports = service === undefined ? [] : arrayAt(service.body.value, 'spec', 'ports');
    const https = ports.find((port) => isObject(port) && stringAt(port, 'name') === 'https');
    return (isObject(https) ? numberAt(https, 'nodePort') : undefined) ?? 0;
  }

  #begin(name: ObjectName, key: string, claim: string): Running {
    const cluster = this.#make(`${this.#host.name}/${name.namespace}`);
    const running = { cluster, claim, port: 0 };
    this.#running.set(key, running);
    cluster.state.store.listen(({ resource, type, object }) => {
      if (resource === 'ingresses.networking.k8s.io')
        this.#syncIngress(name, cluster.state, object, type === 'DELETED');
    });
    return running;
  }

  #move(name: ObjectName, running: Running, port: number): void {
    if (running.port === port) return;
    running.port = port;
    this.#turn(async () => {
      await running.cluster.shut();
      if (running.port !== port || port === 0) return;
      await running.cluster.open(port);
      this.#publish(name, running.cluster.kubeconfig());
    });
  }

  /** A door that cannot be opened (the port is taken by another process) stays shut, as on a real host. */
  #turn(task: () => Promise<void>): void {
    this.#doors = this.#doors.then(task).catch(() => {});
  }

  #publish({ namespace, name }: ObjectName, kubeconfig: string): void {
    const secret = { namespace, name: `vc-${name}` };
    const data = { config: Buffer.from(kubeconfig).toString('base64') };
    if (this.#secrets.find(secret) === undefined) {
      this.#secrets.create(namespace, {
        metadata: { name: secret.name, labels: { app: MANAGER } },
        type: 'Opaque',
        data,
      });
    } else {
      this.#secrets.modify(secret, (object) => ({ ...object, data }));
    }
  }

  #syncIngress({ namespace, name }: ObjectName, virtual: ClusterState, source: StoredObject, isGone: boolean): void {
    const synced = { namespace, name: `${source.name}-x-${source.namespace}-x-${name}`.slice(0, 63) };
    virtual.timers.schedule(0, () => {
      if (isGone) {
        this.#ingresses.delete(synced);
        return;
      }
      const annotations = objectAt(source.metadata.value, 'annotations') ?? {};
      const spec = objectAt(source.body.value, 'spec') ?? {};
      const object: JsonObject = { metadata: { name: synced.name, annotations, labels: { app: MANAGER } }, spec };
      if (this.#ingresses.find(synced) === undefined) this.#ingresses.create(namespace, object);
      else this.#ingresses.modify(synced, (current) => ({ ...current, spec }));
    });
  }
}
