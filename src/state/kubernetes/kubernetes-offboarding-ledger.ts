import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Registration, ResourceKey } from '../../resources/resource-key.ts';
import type { OffboardingOf, ReceiptOf, StatefulKind } from '../documents.ts';
import {
  type ClusterIdentity,
  type OffboardingLedger,
  type ReceiptPlace,
  RECEIPTS_KEPT_PER_NAME,
} from '../offboarding-ledger.ts';
import { type ClusterStateSpec, type StateObject, stateName } from './cluster-state.ts';
import type { KubernetesEventLog } from './kubernetes-event-log.ts';
import type { KubernetesInventoryStore } from './kubernetes-inventory-store.ts';
import { type KubernetesStatusStore, withoutStatus } from './kubernetes-status-store.ts';
import type { StateClient } from './state-client.ts';
import type { StateObjects } from './state-objects.ts';
import { documentOfText, textOfDocument } from './stored-text.ts';

/** Events and receipts of a name are forgotten this long after its last receipt, unless it is registered. */
const GONE_KEPT_MILLISECONDS = 90 * 24 * 60 * 60 * 1000;

/** Names forgotten at a time, so that no deletion takes long. */
const FORGOTTEN_AT_A_TIME = 10;

/** What of receipts is looked at without a request for them. */
interface ReceiptFacts {
  readonly text: string;
  readonly completedAt: string;
  readonly leaves: boolean;
  readonly kubernetesUid: string;
  readonly apiServer: string;
}

export interface LedgerSurroundings {
  readonly client: StateClient;
  readonly objects: StateObjects;
  readonly status: KubernetesStatusStore;
  readonly events: KubernetesEventLog;
  readonly inventory: KubernetesInventoryStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** False for a replica that only asks for off-boardings: its writes leave the epoch as it is. */
  readonly fenced: boolean;
}

/** Records and receipts as texts of the registrations' objects: the end of a registration is one write. */
export class KubernetesOffboardingLedger implements OffboardingLedger {
  readonly #parts: LedgerSurroundings;
  /** By object, valid for the text that they were read from. */
  readonly #facts = new Map<string, ReceiptFacts>();

  constructor(parts: LedgerSurroundings) {
    this.#parts = parts;
  }

  async list<Kind extends StatefulKind>(kind: Kind): Promise<readonly OffboardingOf<Kind>[]> {
    this.#parts.client.checkOpen();
    return [...this.#parts.objects.all()]
      .filter(({ spec }) => spec.kind === kind && spec.offboarding !== undefined)
      .toSorted((left, right) => (left.spec.offboardingOrder ?? 0) - (right.spec.offboardingOrder ?? 0))
      .map(({ spec }) => documentOfText(spec.offboarding ?? '') as OffboardingOf<Kind>);
  }

  async put<Kind extends StatefulKind>(registration: Registration<Kind>, record: OffboardingOf<Kind>): Promise<void> {
    const { client, objects, fenced } = this.#parts;
    client.checkOpen();
    const offboarding = textOfDocument(record);
    await objects.change(
      registration,
      (spec) => {
        if (spec.offboarding === offboarding) return spec;
        return { ...spec, offboarding, offboardingOrder: spec.offboardingOrder ?? objects.nextOrder() };
      },
      fenced,
    );
  }

  async remove(registration: Registration): Promise<void> {
    const { client, objects, fenced } = this.#parts;
    client.checkOpen();
    if (objects.get(registration)?.spec.offboarding === undefined) return;
    await objects.change(
      registration,
      (spec) => (spec.offboarding === undefined ? spec : withoutOffboarding(spec)),
      fenced,
    );
  }

  async complete<Kind extends StatefulKind>(registration: Registration<Kind>, receipt: ReceiptOf<Kind>): Promise<void> {
    const { client, objects, status, inventory } = this.#parts;
    client.checkOpen();
    const text = textOfDocument(receipt);
    await objects.change(registration, (spec) => {
      const { hasInventory: _inventory, ...rest } = withoutStatus(withoutOffboarding(spec));
      const isOver = spec.receipt === text && Object.keys(rest).length === Object.keys(spec).length;
      if (isOver) return spec;
      return { ...rest, receipt: text, receiptOrder: spec.receiptOrder ?? objects.nextOrder(), round: spec.round + 1 };
    });
    status.forgetCheck(registration);
    await this.#tidy('inventory of an ended registration', () => inventory.forget(registration));
    await this.#tidy('earlier receipts', () => this.#forgetReceipts(registration));
    await this.#tidy('names that are gone', () => this.#forgetGone());
  }

  async receipt<Kind extends StatefulKind>(key: ResourceKey<Kind>): Promise<ReceiptOf<Kind> | undefined> {
    this.#parts.client.checkOpen();
    const latest = receiptsOf(this.#parts.objects, key).at(-1)?.spec.receipt;
    return latest === undefined ? undefined : (documentOfText(latest) as ReceiptOf<Kind>);
  }

  async receiptsOf<Kind extends StatefulKind>(key: ResourceKey<Kind>): Promise<readonly ReceiptOf<Kind>[]> {
    this.#parts.client.checkOpen();
    return receiptsOf(this.#parts.objects, key)
      .toReversed()
      .map((object) => receiptIn<Kind>(object));
  }

  async receipts<Kind extends StatefulKind>(
    kind: Kind,
    { limit, after }: { readonly limit: number; readonly after?: ReceiptPlace },
  ): Promise<readonly ReceiptOf<Kind>[]> {
    this.#parts.client.checkOpen();
    const places = [...this.#parts.objects.all()].flatMap((object) => {
      const { spec } = object;
      const completedAt = spec.kind === kind ? this.#factsOf(object)?.completedAt : undefined;
      return completedAt === undefined ? [] : [{ object, completedAt, incarnation: spec.incarnation }];
    });
    const rest = after === undefined ? places : places.filter((place) => comparePlaces(place, after) < 0);
    const page = rest.toSorted((left, right) => comparePlaces(right, left)).slice(0, limit);
    return page.map(({ object }) => receiptIn<Kind>(object));
  }

  async residues({ kubernetesUid = '', apiServer = '' }: ClusterIdentity): Promise<readonly string[]> {
    this.#parts.client.checkOpen();
    const found: StateObject[] = [];
    for (const object of this.#parts.objects.all()) {
      const facts = this.#factsOf(object);
      if (facts?.leaves !== true) continue;
      const isThere = kubernetesUid !== '' && facts.kubernetesUid === kubernetesUid;
      if (isThere || (apiServer !== '' && facts.apiServer === apiServer)) found.push(object);
    }
    return found.toSorted(byReceipt).map(({ spec }) => spec.incarnation);
  }

  async knows(incarnation: string): Promise<boolean> {
    this.#parts.client.checkOpen();
    for (const { spec } of this.#parts.objects.all()) {
      if (spec.incarnation !== incarnation) continue;
      if (spec.hasInventory === true || spec.offboarding !== undefined || spec.receipt !== undefined) return true;
    }
    return false;
  }

  /** What is left undone here is done at the end of another registration; it harms nothing until then. */
  async #tidy(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.logger.warn({ error, what }, 'state that is no longer needed could not be removed');
    }
  }

  async #forgetReceipts(key: ResourceKey): Promise<void> {
    for (const { spec } of receiptsOf(this.#parts.objects, key).slice(0, -RECEIPTS_KEPT_PER_NAME)) {
      await this.#forgetReceipt(spec);
    }
  }

  async #forgetReceipt(registration: Registration): Promise<void> {
    const { objects } = this.#parts;
    // A receipt goes only with its object: one that says more has been registered again.
    const decide = (spec: ClusterStateSpec): ClusterStateSpec => {
      const { receipt: _receipt, receiptOrder: _order, ...rest } = spec;
      return spec.status === undefined && spec.offboarding === undefined && spec.hasInventory !== true ? rest : spec;
    };
    await objects.change(registration, decide, false);
    this.#facts.delete(stateName(registration));
  }

  /** Names come and go without end; what is kept of them must not grow with that. */
  async #forgetGone(): Promise<void> {
    const { objects, events, clock } = this.#parts;
    const before = new Date(clock.now() - GONE_KEPT_MILLISECONDS).toISOString();
    const gone = new Map<string, StateObject>();
    for (const object of objects.all()) {
      const facts = this.#factsOf(object);
      if (facts !== undefined && facts.completedAt < before) gone.set(object.spec.name, object);
      if (gone.size >= FORGOTTEN_AT_A_TIME) break;
    }
    for (const { spec } of gone.values()) {
      const all = objects.ofKey(spec);
      const isOver = all.every((object) => (this.#factsOf(object)?.completedAt ?? before) < before);
      if (!isOver || all.some((object) => object.spec.status !== undefined)) continue;
      await events.forget(spec);
      for (const object of all) await this.#forgetReceipt(object.spec);
    }
  }

  #factsOf({ objectName, spec }: StateObject): ReceiptFacts | undefined {
    if (spec.receipt === undefined) return undefined;
    const known = this.#facts.get(objectName);
    if (known?.text === spec.receipt) return known;
    const receipt = documentOfText(spec.receipt) as ReceiptOf<StatefulKind>;
    const { completedAt, kubernetesUid, apiServer, outcome, left } = receipt;
    const leaves = outcome === 'Incomplete' || left.length > 0;
    const facts = { text: spec.receipt, completedAt, kubernetesUid, apiServer, leaves };
    this.#facts.set(objectName, facts);
    return facts;
  }
}

/** Of a name, the earliest first. */
function receiptsOf(objects: StateObjects, key: ResourceKey): StateObject[] {
  return objects
    .ofKey(key)
    .filter(({ spec }) => spec.receipt !== undefined)
    .toSorted(byReceipt);
}

function receiptIn<Kind extends StatefulKind>({ spec }: StateObject): ReceiptOf<Kind> {
  return documentOfText(spec.receipt ?? '') as ReceiptOf<Kind>; // as it was put
}

function comparePlaces(left: ReceiptPlace, right: ReceiptPlace): number {
  if (left.completedAt !== right.completedAt) return left.completedAt < right.completedAt ? -1 : 1;
  return left.incarnation < right.incarnation ? -1 : Number(left.incarnation > right.incarnation);
}

function byReceipt(left: StateObject, right: StateObject): number {
  return (left.spec.receiptOrder ?? 0) - (right.spec.receiptOrder ?? 0);
}

function withoutOffboarding(spec: ClusterStateSpec): ClusterStateSpec {
  const { offboarding: _offboarding, offboardingOrder: _order, ...rest } = spec;
  return rest;
}
