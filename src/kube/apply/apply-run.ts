import { asNautesError, NautesError } from '../../errors/errors.ts';
import { defined } from '../../base/defined.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { PARALLEL_REQUESTS } from './observe.ts';
import type { Decision } from './plan.ts';
import { ObjectWriter, type WriteOutcome } from './writer.ts';
import { forEachBounded } from '../../base/async/concurrency.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { nameOf } from '../client/object-requests.ts';
import { readNamespaceHold } from '../client/namespace-hold.ts';
import { endsRun } from '../client/object-error.ts';
import type { DesiredObject } from './desired.ts';
import { describeReference, objectKey, plainReference } from '../../kube-objects/kube-object.ts';
import { pruneObjects, type PruneResult } from './prune.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { ApplyReport, ObjectFailure, Repair } from './report.ts';
import type { ApplyRequest } from './request.ts';
import { AdoptedObjects } from './adopted-objects.ts';
import { removeBlockingWebhooks } from './blocking-webhooks.ts';
import { definitionServed } from './definition-wait.ts';
import { type ApplyDecision, instancesLast, type PlannedObject } from './planned-object.ts';

/** One pass over a planned component. */
export class ApplyRun {
  readonly #connection: ClusterConnection;
  readonly #request: ApplyRequest;
  readonly #planned: readonly PlannedObject[];
  /** By key: what the new inventory will be. */
  readonly #entries: Map<string, InventoryEntry>;
  readonly #signal: AbortSignal;
  readonly #writer: ObjectWriter;
  readonly #applied: ObjectReference[] = [];
  readonly #repaired: Repair[] = [];
  readonly #failures: ObjectFailure[] = [];
  readonly #adopted: AdoptedObjects;
  #unchanged = 0;
  #done = 0;
  #intent: Promise<void> | undefined;

  constructor(
    connection: ClusterConnection,
    request: ApplyRequest,
    planned: readonly PlannedObject[],
    entries: ReadonlyMap<string, InventoryEntry>,
    signal: AbortSignal,
  ) {
    this.#connection = connection;
    this.#request = request;
    this.#planned = planned;
    this.#entries = new Map(entries);
    this.#signal = signal;
    this.#writer = new ObjectWriter(connection, request, signal);
    this.#adopted = new AdoptedObjects(request, this.#entries, this.#writer);
  }

  async execute(): Promise<ApplyReport> {
    await this.#adopted.remember(this.#planned);
    const phase = (...names: readonly string[]) => this.#planned.filter(({ desired }) => names.includes(desired.phase));
    await this.#each(phase('namespace'));
    const services = await this.#prune(isService); // their node ports may be what new ones need
    await this.#each(instancesLast(phase('definition', 'regular')));
    const gates = phase('gate');
    const unblocked = await removeBlockingWebhooks(
      this.#connection,
      gates,
      this.#entries,
      this.#failures,
      this.#signal,
    );
    if (this.#failures.length === 0) await this.#each(gates);
    else for (const gate of gates) this.#holdBack(gate);
    const others = await this.#prune((entry) => !isService(entry));
    return {
      entries: [...this.#entries.values()],
      gone: [...services.gone, ...others.gone],
      applied: this.#applied,
      unchanged: this.#unchanged,
      repaired: this.#repaired,
      pruned: [...services.pruned, ...others.pruned],
      left: [...services.left, ...others.left],
      foreign: this.#adopted.reported,
      unblocked,
      failures: [...this.#failures, ...services.failures, ...others.failures],
    };
  }

  async #each(objects: readonly PlannedObject[]): Promise<void> {
    await forEachBounded(objects, PARALLEL_REQUESTS, async (planned) => {
      try {
        await this.#carryOut(planned);
      } catch (error) {
        if (endsRun(error, this.#signal)) throw error;
        this.#failures.push({ object: planned.desired.reference, error: asNautesError(error) });
      }
      this.#done += 1;
      this.#request.onApplied?.(this.#done, this.#planned.length);
    });
  }

  async #carryOut(planned: PlannedObject): Promise<void> {
    const { decision } = planned;
    switch (decision.action) {
      case 'keep':
        this.#unchanged += 1;
        return;
      case 'use':
        return;
      case 'fail':
        throw await this.#explained(planned.desired, decision.error);
      case 'leave':
        return; // the component is not applied
      case 'inspect':
      case 'apply':
        return await this.#write(planned, decision);
    }
  }

  /** A namespace that is being deleted says in its conditions what keeps it. */
  async #explained({ reference }: DesiredObject, error: NautesError): Promise<NautesError> {
    if (reference.kind !== 'Namespace' || error.reason !== 'ObjectTerminating') return error;
    const { message: what } = await readNamespaceHold(this.#connection.client, reference.name, this.#signal);
    return new NautesError('ObjectTerminating', { object: describeReference(reference), what });
  }

  async #write(planned: PlannedObject, decision: Extract<Decision, { action: 'inspect' | 'apply' }>): Promise<void> {
    const { desired, type } = planned;
    if (type === undefined) {
      throw this.#connection.discovery.notServed(desired.reference.apiVersion, desired.reference.kind);
    }
    // Without its namespace it could only fail, and say so less clearly than the namespace has.
    if (this.#hasFailed('Namespace', desired.reference.namespace)) throw waitsForOthers(desired);
    if (decision.action === 'apply') await this.#recordIntent(); // what is inspected is in the inventory
    await this.#awaitDefinition(planned);
    const outcome =
      decision.action === 'inspect'
        ? await this.#writer.inspect(type, desired, decision.foreign)
        : await this.#apply(type, desired, decision);
    const former = this.#adopted.formerOf(desired.key) ?? this.#entries.get(desired.key)?.former;
    this.#entries.set(desired.key, { ...outcome.entry, ...(outcome.entry.foreign ? defined({ former }) : {}) });
    this.#account(planned, decision, outcome);
  }

  /** What another component had is made again where it cannot become what this one brings. */
  async #apply(type: ResourceType, desired: DesiredObject, decision: ApplyDecision): Promise<WriteOutcome> {
    const { head, foreign } = decision;
    try {
      return await this.#writer.apply(type, desired, head !== undefined, foreign);
    } catch (error) {
      const isImmutable = error instanceof NautesError && error.reason === 'ObjectImmutable';
      if (!isImmutable || !isReplaceable(desired, decision)) throw error;
      const { uid = '' } = head?.metadata ?? {};
      await this.#connection.client.delete(type, nameOf(desired.reference), { uid }, this.#signal);
      return await this.#writer.apply(type, desired, false, foreign);
    }
  }

  #account({ desired }: PlannedObject, decision: Decision, { changed, repair }: WriteOutcome): void {
    if (decision.action === 'apply' && decision.foreign && decision.head !== undefined) {
      this.#adopted.report(desired, decision.head);
    }
    const restored = decision.action === 'apply' && decision.deleted;
    if (repair !== undefined) this.#repaired.push(repair);
    else if (restored) this.#repaired.push({ object: desired.reference, fields: [], manager: '' });
    else if (changed) this.#applied.push(desired.reference);
    else this.#unchanged += 1;
  }

  /** Once, before the first write, and everybody waits for it. */
  async #recordIntent(): Promise<void> {
    this.#intent ??= this.#request.recordIntent(this.#intendedEntries());
    await this.#intent;
  }

  #intendedEntries(): InventoryEntry[] {
    for (const { desired, decision } of this.#planned) {
      if (decision.action !== 'apply' || this.#entries.has(desired.key)) continue;
      this.#entries.set(desired.key, {
        ...plainReference(desired.reference),
        component: this.#request.component,
        uid: '',
        hash: '',
        revision: '',
        foreign: decision.foreign,
        ...defined({ former: this.#adopted.formerOf(desired.key) }),
      });
    }
    return [...this.#entries.values()];
  }

  async #awaitDefinition({ desired, awaits }: PlannedObject): Promise<void> {
    if (awaits === undefined) return;
    if (this.#hasFailed(awaits.kind, awaits.metadata.name)) throw waitsForOthers(desired);
    await definitionServed(this.#connection, awaits, desired.reference, this.#signal);
  }

  #hasFailed(kind: string, name: string): boolean {
    return this.#failures.some(({ object }) => object.kind === kind && object.name === name);
  }

  #holdBack({ desired, decision }: PlannedObject): void {
    if (decision.action === 'keep' || decision.action === 'use') {
      this.#unchanged += 1;
      return;
    }
    this.#failures.push({ object: desired.reference, error: waitsForOthers(desired) });
  }

  /** As long as nothing has failed: what replaces an old object exists before that one goes. */
  async #prune(isMeant: (entry: InventoryEntry) => boolean): Promise<PruneResult> {
    const { mode, ownership } = this.#request;
    if (mode !== 'full' || ownership?.isComplete === false || this.#failures.length > 0)
      return { gone: [], pruned: [], left: [], failures: [] };
    const desired = new Set(this.#planned.map((planned) => planned.desired.key));
    const superfluous = [...this.#entries]
      .filter(([key]) => !desired.has(key) && ownership?.ownerOf(key) === undefined)
      .map(([, entry]) => entry);
    const kept = new Set([...this.#entries].filter(([key]) => desired.has(key)).map(([, entry]) => entry.uid));
    const result = await pruneObjects(
      this.#connection,
      this.#request.owner,
      superfluous.filter((entry) => isMeant(entry) && (entry.uid === '' || !kept.has(entry.uid))),
      this.#signal,
    );
    for (const reference of result.gone) this.#entries.delete(objectKey(reference));
    if (superfluous.length > 0) this.#request.ownedObjects?.forgetShared();
    return result;
  }
}

/** It would have gone with the other component, and takes nothing with it that users have made. */
function isReplaceable({ phase, reference }: DesiredObject, { head, foreign, isHandedOver }: ApplyDecision): boolean {
  const isOurs = isHandedOver === true && !foreign && head?.metadata.uid !== undefined;
  return isOurs && phase === 'regular' && reference.kind !== 'PersistentVolumeClaim';
}

function waitsForOthers({ reference }: DesiredObject): NautesError {
  return new NautesError('ObjectWaitsForOthers', { object: describeReference(reference) });
}

function isService({ apiVersion, kind }: InventoryEntry): boolean {
  return apiVersion === 'v1' && kind === 'Service';
}
