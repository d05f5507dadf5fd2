import type { ResourceKey } from '../../resources/resource-key.ts';
import type { RegistrationRecords, ResourceRecords, StateCopy } from '../state-copy.ts';
import { type ClusterStateSpec, emptySpec, keyId, type StateObject } from './cluster-state.ts';
import type { KubernetesEventLog } from './kubernetes-event-log.ts';
import type { KubernetesInventoryStore } from './kubernetes-inventory-store.ts';
import type { StateObjects } from './state-objects.ts';
import { documentOfText, textOfDocument } from './stored-text.ts';

/** Copies the content of a state in Kubernetes, object by object. */
export class KubernetesStateCopy implements StateCopy {
  readonly #objects: StateObjects;
  readonly #events: KubernetesEventLog;
  readonly #inventory: KubernetesInventoryStore;

  constructor(objects: StateObjects, events: KubernetesEventLog, inventory: KubernetesInventoryStore) {
    this.#objects = objects;
    this.#events = events;
    this.#inventory = inventory;
  }

  readonly keys = async (signal: AbortSignal): Promise<readonly ResourceKey[]> => {
    signal.throwIfAborted();
    const keys = new Map<string, ResourceKey>();
    for (const { spec } of this.#objects.all()) keys.set(keyId(spec), { kind: spec.kind, name: spec.name });
    for (const key of this.#events.keys()) keys.set(keyId(key), key);
    return [...keys.values()].toSorted((left, right) => (sortKey(left) < sortKey(right) ? -1 : 1));
  };

  readonly read = async (key: ResourceKey, signal: AbortSignal): Promise<ResourceRecords> => {
    const objects = this.#objects.ofKey(key).toSorted(inOrder);
    const registrations: RegistrationRecords[] = [];
    for (const { spec } of objects) {
      signal.throwIfAborted();
      const inventory = await this.#inventory.list(spec);
      const documents = {
        ...documentIn('status', spec.status),
        ...documentIn('offboarding', spec.offboarding),
        ...documentIn('receipt', spec.receipt),
      };
      registrations.push({ incarnation: spec.incarnation, inventory, ...documents });
    }
    return { kind: key.kind, name: key.name, registrations, events: this.#events.eventsOf(key) };
  };

  readonly replace = async (records: ResourceRecords, signal: AbortSignal): Promise<void> => {
    const { kind, name, registrations, events } = records;
    for (const { spec } of this.#objects.ofKey(records)) {
      signal.throwIfAborted();
      await this.#inventory.forget(spec);
      await this.#objects.change(spec, (before) => emptySpec(before), false);
    }
    for (const registration of registrations) {
      signal.throwIfAborted();
      const { incarnation, inventory } = registration;
      const key = { kind, name, incarnation };
      await this.#objects.change(key, (spec) => ({ ...spec, ...this.#documentsOf(registration) }), false);
      await this.#inventory.restore(key, inventory);
    }
    await this.#events.restore({ kind, name }, events);
  };

  #documentsOf({ status, offboarding, receipt }: RegistrationRecords): Partial<ClusterStateSpec> {
    return {
      ...(receipt === undefined ? {} : { receipt: textOfDocument(receipt), receiptOrder: this.#objects.nextOrder() }),
      ...(offboarding === undefined
        ? {}
        : { offboarding: textOfDocument(offboarding), offboardingOrder: this.#objects.nextOrder() }),
      ...(status === undefined
        ? {}
        : { status: textOfDocument(status), phase: phaseOf(status), statusOrder: this.#objects.nextOrder() }),
    };
  }
}

function sortKey({ kind, name }: ResourceKey): string {
  return `${kind}\0${name}`;
}

/** Receipts in their order, then records in theirs, then statuses. */
function inOrder({ spec: left }: StateObject, { spec: right }: StateObject): number {
  const never = Number.POSITIVE_INFINITY;
  for (const order of ['receiptOrder', 'offboardingOrder', 'statusOrder'] as const) {
    const [first, second] = [left[order] ?? never, right[order] ?? never];
    if (first !== second) return first < second ? -1 : 1;
  }
  return 0;
}

function documentIn<Name extends string>(name: Name, text: string | undefined): { readonly [N in Name]?: unknown } {
  return text === undefined ? {} : ({ [name]: documentOfText(text) } as { readonly [N in Name]?: unknown });
}

function phaseOf(status: unknown): string {
  const isRecord = typeof status === 'object' && status !== null && 'phase' in status;
  return isRecord ? String(status.phase) : '';
}
