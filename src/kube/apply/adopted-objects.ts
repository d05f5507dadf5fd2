import { forEachBounded } from '../../base/async/concurrency.ts';
import type { FormerField, InventoryEntry } from '../../resources/inventory.ts';
import { type ObjectHead, objectKey } from '../../kube-objects/kube-object.ts';
import { otherManagers } from '../../kube-objects/managed-fields.ts';
import type { DesiredObject } from './desired.ts';
import { PARALLEL_REQUESTS } from './observe.ts';
import { ownerOf } from './owner.ts';
import type { PlannedObject } from './planned-object.ts';
import type { ForeignObject } from './report.ts';
import type { ApplyRequest } from './request.ts';
import type { ObjectWriter } from './writer.ts';

/** The objects of others that one pass takes over: how they were before, and what it changes on them. */
export class AdoptedObjects {
  readonly #request: ApplyRequest;
  readonly #entries: Map<string, InventoryEntry>;
  readonly #writer: ObjectWriter;
  /** By key: what is changed on adopted objects, before and in this pass. */
  readonly #former = new Map<string, readonly FormerField[]>();
  readonly #reported: ForeignObject[] = [];

  /** @param entries by key: the new inventory, which gets the former fields */
  constructor(request: ApplyRequest, entries: Map<string, InventoryEntry>, writer: ObjectWriter) {
    this.#request = request;
    this.#entries = entries;
    this.#writer = writer;
  }

  /** Before the first write: afterwards nothing tells how the objects of others were. */
  async remember(planned: readonly PlannedObject[]): Promise<void> {
    const adopting = planned.filter(({ decision }) => decision.action === 'apply' && decision.foreign);
    await forEachBounded(adopting, PARALLEL_REQUESTS, async ({ desired, type }) => {
      if (type === undefined) return;
      const { component, ownership } = this.#request;
      const entry = this.#entries.get(desired.key) ?? ownership?.entryOfOther(desired.key, component);
      const former = await this.#writer.formerFields(type, desired, entry?.former);
      if (former.length === 0) return;
      this.#former.set(desired.key, former);
      if (entry !== undefined && this.#entries.has(desired.key)) this.#entries.set(desired.key, { ...entry, former });
    });
  }

  formerOf(key: string): readonly FormerField[] | undefined {
    return this.#former.get(key);
  }

  /** Notes a takeover that was written, unless it was known with the same fields. */
  report({ key, reference }: DesiredObject, head: ObjectHead): void {
    const before = this.#request.inventory.find((entry) => objectKey(entry) === key);
    const known = new Set(before?.former?.map(({ path }) => path));
    const changed = (this.#former.get(key) ?? []).map(({ path }) => path).filter((path) => !known.has(path));
    const isAdopted = before !== undefined && before.uid !== '';
    if (isAdopted && changed.length === 0) return;
    const managers = otherManagers(head);
    this.#reported.push({ object: reference, managers, owner: ownerOf(head), adopted: true, changed });
  }

  get reported(): readonly ForeignObject[] {
    return this.#reported;
  }
}
