import type { Registration, ResourceKey } from '../../resources/resource-key.ts';
import type { StatefulKind, StatusOf } from '../documents.ts';
import type { StatusStore } from '../status-store.ts';
import { type ClusterStateSpec, keyId, type StateObject, stateName } from './cluster-state.ts';
import type { StateClient } from './state-client.ts';
import type { StateObjects } from './state-objects.ts';
import { documentOfText, textOfDocument } from './stored-text.ts';

interface PendingStatus {
  text: string;
  phase: string;
  readonly stored: Promise<void>;
}

/** Statuses as texts of the registrations' objects. Reads are of memory; a status that is not written yet is not read. */
export class KubernetesStatusStore implements StatusStore {
  readonly #client: StateClient;
  readonly #objects: StateObjects;
  /** By kind and name, when each was checked last. */
  readonly #checked = new Map<string, string>();
  /** By object: the status that waits for the write before it. A later one takes its place. */
  readonly #pending = new Map<string, PendingStatus>();

  constructor(client: StateClient, objects: StateObjects) {
    this.#client = client;
    this.#objects = objects;
  }

  async get<Kind extends StatefulKind>(key: ResourceKey<Kind>): Promise<StatusOf<Kind> | undefined> {
    this.#client.checkOpen();
    const current = latestStatus(this.#objects.ofKey(key));
    return current === undefined ? undefined : this.#statusOf<Kind>(key.kind, current);
  }

  async names(kind: StatefulKind): Promise<readonly string[]> {
    this.#client.checkOpen();
    return this.#current(kind).map(({ spec }) => spec.name);
  }

  async list<Kind extends StatefulKind>(kind: Kind): Promise<readonly StatusOf<Kind>[]> {
    this.#client.checkOpen();
    return this.#current(kind).flatMap((object) => this.#statusOf<Kind>(kind, object) ?? []);
  }

  async put<Kind extends StatefulKind>(registration: Registration<Kind>, status: StatusOf<Kind>): Promise<void> {
    this.#client.checkOpen();
    const text = textOfDocument(this.#withCheck(registration.kind, status));
    const { phase } = status;
    const name = stateName(registration);
    const waiting = this.#pending.get(name);
    if (waiting !== undefined) {
      Object.assign(waiting, { text, phase });
      return await waiting.stored;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const pending: PendingStatus = { text, phase, stored: promise };
    this.#pending.set(name, pending);
    this.#store(registration, name, pending).then(resolve, reject);
    await promise;
  }

  checked({ kind, name }: ResourceKey, time: string): void {
    this.#checked.set(keyId({ kind, name }), time);
  }

  async remove(registration: Registration): Promise<void> {
    this.#client.checkOpen();
    if (this.#objects.get(registration)?.spec.status === undefined) return;
    await this.#objects.change(registration, (spec) => (spec.status === undefined ? spec : withoutStatus(spec)));
    this.#checked.delete(keyId(registration));
  }

  /** Forgets when the resource was checked last: its status has gone with its registration. */
  forgetCheck(key: ResourceKey): void {
    this.#checked.delete(keyId(key));
  }

  async #store(registration: Registration, name: string, pending: PendingStatus): Promise<void> {
    try {
      await this.#objects.change(registration, (spec) => {
        if (this.#pending.get(name) === pending) this.#pending.delete(name); // from here on a later status is another write
        const { text, phase } = pending;
        const order = this.#orderFor(registration, spec);
        if (spec.status === text && spec.statusOrder === order) return spec;
        return { ...spec, status: text, phase, statusOrder: order };
      });
    } finally {
      if (this.#pending.get(name) === pending) this.#pending.delete(name);
    }
    await this.#removeOthers(registration);
  }

  /** The order of before where it counts; a new one puts the status before those of other registrations of the name. */
  #orderFor(registration: Registration, { incarnation, status, statusOrder }: ClusterStateSpec): number {
    const latest = latestStatus(this.#objects.ofKey(registration));
    const counts = status !== undefined && latest?.spec.incarnation === incarnation;
    return counts && statusOrder !== undefined ? statusOrder : this.#objects.nextOrder();
  }

  /** A name has one status. What a crash leaves of another counts less and goes with the next write. */
  async #removeOthers(registration: Registration): Promise<void> {
    for (const { spec } of this.#objects.ofKey(registration)) {
      if (spec.incarnation === registration.incarnation || spec.status === undefined) continue;
      await this.#objects.change(spec, (other) => (other.status === undefined ? other : withoutStatus(other)));
    }
  }

  /** The objects with the statuses that count, by name. */
  #current(kind: string): StateObject[] {
    const byName = new Map<string, StateObject>();
    for (const object of this.#objects.all()) {
      const { spec } = object;
      if (spec.kind !== kind || spec.status === undefined) continue;
      const other = byName.get(spec.name);
      if (other === undefined || orderOf(other) < orderOf(object)) byName.set(spec.name, object);
    }
    return [...byName.values()].toSorted((left, right) => (left.spec.name < right.spec.name ? -1 : 1));
  }

  #statusOf<Kind extends StatefulKind>(kind: Kind, { spec }: StateObject): StatusOf<Kind> | undefined {
    // What we have written ourselves, as the definition of the kind keeps it.
    return spec.status === undefined ? undefined : this.#withCheck(kind, documentOfText(spec.status) as StatusOf<Kind>);
  }

  #withCheck<Status extends StatusOf<StatefulKind>>(kind: string, status: Status): Status {
    const lastCheckedAt = this.#checked.get(keyId({ kind, name: status.name }));
    return lastCheckedAt === undefined ? status : { ...status, lastCheckedAt };
  }
}

function latestStatus(objects: readonly StateObject[]): StateObject | undefined {
  return objects
    .filter(({ spec }) => spec.status !== undefined)
    .reduce<StateObject | undefined>((latest, object) => {
      return latest !== undefined && orderOf(latest) >= orderOf(object) ? latest : object;
    }, undefined);
}

function orderOf({ spec }: StateObject): number {
  return spec.statusOrder ?? 0;
}

/** Without its status and what follows from it. */
export function withoutStatus(spec: ClusterStateSpec): ClusterStateSpec {
  const { status: _status, statusOrder: _order, phase: _phase, ...rest } = spec;
  return rest;
}
