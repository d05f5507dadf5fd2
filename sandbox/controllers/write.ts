import type { ClusterState } from '../cluster/cluster-state.ts';
import type { JsonObject } from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { StatusError } from '../base/status-error.ts';
import type { StoredObject } from '../store/stored-object.ts';
import type { ObjectName } from './reconciler.ts';

export const CONTROLLER_MANAGER = 'kube-controller-manager';

/** Writes of one controller to objects of one resource. A write that is refused is not repeated. */
export class Writer {
  readonly #cluster: ClusterState;
  readonly #resource: ResourceDefinition;
  readonly #manager: string;

  constructor(cluster: ClusterState, resource: ResourceDefinition, manager = CONTROLLER_MANAGER) {
    this.#cluster = cluster;
    this.#resource = resource;
    this.#manager = manager;
  }

  find({ namespace, name }: ObjectName): StoredObject | undefined {
    return this.#cluster.objects.find(this.#resource, namespace, name);
  }

  read(stored: StoredObject): JsonObject {
    return this.#cluster.objects.read(this.#resource, stored);
  }

  list(namespace: string): StoredObject[] {
    return this.#cluster.objects.list(this.#resource, namespace);
  }

  /** Undefined when the API refuses it, for instance because the namespace is being deleted. */
  create(namespace: string, object: JsonObject): StoredObject | undefined {
    return this.#allowed(() =>
      this.#cluster.objects.create(this.#resource, namespace, object, { manager: this.#manager }),
    );
  }

  /** Nothing happens when the object is gone. */
  modify({ namespace, name }: ObjectName, change: (object: JsonObject) => JsonObject, subresource = ''): void {
    if (this.find({ namespace, name }) === undefined) return;
    this.#allowed(() =>
      this.#cluster.objects.modify(this.#resource, namespace, name, change, { manager: this.#manager, subresource }),
    );
  }

  status(object: ObjectName, change: (object: JsonObject) => JsonObject): void {
    this.modify(object, (current) => ({ ...current, status: change(current) }), 'status');
  }

  delete({ namespace, name }: ObjectName): void {
    if (this.find({ namespace, name }) === undefined) return;
    this.#allowed(() =>
      this.#cluster.objects.delete(this.#resource, namespace, name, { propagationPolicy: 'Background' }),
    );
  }

  #allowed<T>(write: () => T): T | undefined {
    try {
      return write();
    } catch (error) {
      if (error instanceof StatusError) return undefined;
      throw error;
    }
  }
}
