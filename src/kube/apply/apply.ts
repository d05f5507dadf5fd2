import { asNautesError, NautesError } from '../../errors/errors.ts';
import { defined } from '../../base/defined.ts';
import { sha256 } from '../../base/hash.ts';
import type { FormerField, InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { observe, PARALLEL_REQUESTS, resolveTypes, type TypedObject } from './observe.ts';
import { type Decision, decide, isOfRegistration } from './plan.ts';
import { describeForeign } from './foreign.ts';
import { ownerOf } from './owner.ts';
import { ObjectWriter, type WriteOutcome } from './writer.ts';
import { configuresWebhook, webhookWithoutBackend } from './blocking-webhooks.ts';
import { forEachBounded } from '../../base/async/concurrency.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { nameOf } from '../client/object-requests.ts';
import { readNamespaceHold } from '../client/namespace-hold.ts';
import { endsRun } from '../client/object-error.ts';
import { type DesiredObject, desiredObjects } from './desired.ts';
import { otherManagers } from '../../kube-objects/managed-fields.ts';
import { refuseDuplicates } from '../../kube-objects/manifest.ts';
import { condition } from '../health/health-rules.ts';
import {
  describeReference,
  type KubeObject,
  type ObjectHead,
  objectKey,
  plainReference,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { pruneObjects, type PruneResult } from './prune.ts';
import { type ResourceType, wellKnown } from '../../kube-objects/resource-types.ts';
import type { ApplyReport, ForeignObject, ObjectFailure, Repair } from './report.ts';
import type { ApplyRequest } from './request.ts';

/** How long a component's instances wait for their CRD to be served, after a look at whether it ever will be. */
const DEFINITION_SERVED_MILLISECONDS = 30_000;
const DEFINITION_NAMES_MILLISECONDS = 2_000;
/** Set and taken off again, so that the API server sees a change of a CRD. */
const ESTABLISH_ANNOTATION = 'cluster.nautes.io/establish';

/** A desired object and what is to be done with it. */
interface PlannedObject extends TypedObject {
  readonly decision: Decision;
}

/**
 * Brings a component's objects to the desired state and reports what that took. Level-based: it may be called again at
 * any time and sends no write when nothing differs.
 *
 * Failures of single objects are in the report and do not keep the others from being applied; admission webhooks and
 * APIServices wait until everything else is there. Applies are forced: identical manifests of two managers conflict on
 * defaulted fields, and hand edits are to be undone.
 *
 * @throws NautesError when the cluster cannot be reached or refuses our credential, `ManifestInvalid` for duplicates
 */
export async function applyComponent(
  connection: ClusterConnection,
  request: ApplyRequest,
  signal: AbortSignal,
): Promise<ApplyReport> {
  refuseDuplicates(request.objects);
  const typed = await resolveTypes(connection, desiredObjects(request), signal);
  const observed = await observe(connection, request, typed, signal);
  const entries = new Map(request.inventory.map((entry) => [objectKey(entry), entry]));
  const planned = typed.map((item): PlannedObject => {
    const decision = decide(item.desired, observed.get(item.desired.key), entries.get(item.desired.key), request);
    return { ...item, decision };
  });
  const foreign = await foreignOf(connection, request, planned, signal);
  if (foreign.length > 0) return untouched(request, foreign);
  const report = await new ApplyRun(connection, request, planned, entries, signal).execute();
  return { ...report, ...defined({ versions: versionsOf(planned, report) }) };
}

/** Digest of what was observed, unless anything differs from what is wanted. */
function versionsOf(planned: readonly PlannedObject[], { pruned, left, failures }: ApplyReport): string | undefined {
  if (pruned.length + left.length + failures.length > 0) return undefined;
  const versions: string[] = [];
  for (const { decision, desired } of planned) {
    if (decision.action === 'use') continue;
    if (decision.action !== 'keep') return undefined;
    const { uid, resourceVersion } = decision.head.metadata;
    versions.push(`${desired.key} ${uid} ${resourceVersion}`);
  }
  return sha256(versions.join('\n'));
}

/** A component is foreign or not as a whole: as long as one object is somebody else's, nothing of it is applied. */
async function foreignOf(
  connection: ClusterConnection,
  request: ApplyRequest,
  planned: readonly PlannedObject[],
  signal: AbortSignal,
): Promise<readonly ForeignObject[]> {
  const heads = planned.flatMap(({ decision }) => (decision.action === 'leave' ? [decision.head] : []));
  if (heads.length === 0) return [];
  const isOwn = (head: ObjectHead): boolean => isOfRegistration(head, request);
  const desired = planned.map((one) => one.desired);
  return await describeForeign(connection, desired, { heads, isOwn }, signal);
}

function untouched({ inventory }: ApplyRequest, foreign: readonly ForeignObject[]): ApplyReport {
  const nothing = {
    gone: [],
    applied: [],
    unchanged: 0,
    repaired: [],
    pruned: [],
    left: [],
    unblocked: [],
    failures: [],
  };
  return { entries: inventory, foreign, ...nothing };
}

type ApplyDecision = Extract<Decision, { action: 'apply' }>;

/** One pass over a planned component. */
class ApplyRun {
  readonly #connection: ClusterConnection;
  readonly #request: ApplyRequest;
  readonly #planned: readonly PlannedObject[];
  /** By key: what the new inventory will be. */
  readonly #entries: Map<string, InventoryEntry>;
  readonly #signal: AbortSignal;
  readonly #writer: ObjectWriter;
  readonly #applied: ObjectReference[] = [];
  readonly #repaired: Repair[] = [];
  readonly #foreign: ForeignObject[] = [];
  readonly #failures: ObjectFailure[] = [];
  /** By key: what is changed on adopted objects, before and in this run. */
  readonly #former = new Map<string, readonly FormerField[]>();
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
  }

  async execute(): Promise<ApplyReport> {
    await this.#rememberFormer();
    const phase = (...names: readonly string[]) => this.#planned.filter(({ desired }) => names.includes(desired.phase));
    await this.#each(phase('namespace'));
    const services = await this.#prune(isService); // their node ports may be what new ones need
    await this.#each(instancesLast(phase('definition', 'regular')));
    const gates = phase('gate');
    const unblocked = await this.#removeBlocking(gates);
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
      foreign: this.#foreign,
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
    const former = this.#former.get(desired.key) ?? this.#entries.get(desired.key)?.former;
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
      this.#reportAdopted(desired, decision.head);
    }
    const restored = decision.action === 'apply' && decision.deleted;
    if (repair !== undefined) this.#repaired.push(repair);
    else if (restored) this.#repaired.push({ object: desired.reference, fields: [], manager: '' });
    else if (changed) this.#applied.push(desired.reference);
    else this.#unchanged += 1;
  }

  #reportAdopted({ key, reference }: DesiredObject, head: ObjectHead): void {
    const before = this.#request.inventory.find((entry) => objectKey(entry) === key);
    const known = new Set(before?.former?.map(({ path }) => path));
    const changed = (this.#former.get(key) ?? []).map(({ path }) => path).filter((path) => !known.has(path));
    const isAdopted = before !== undefined && before.uid !== '';
    if (isAdopted && changed.length === 0) return;
    const managers = otherManagers(head);
    this.#foreign.push({ object: reference, managers, owner: ownerOf(head), adopted: true, changed });
  }

  /** Before the first write: afterwards nothing tells how the objects of others were. */
  async #rememberFormer(): Promise<void> {
    const adopting = this.#planned.filter(({ decision }) => decision.action === 'apply' && decision.foreign);
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
        ...defined({ former: this.#former.get(desired.key) }),
      });
    }
    return [...this.#entries.values()];
  }

  async #awaitDefinition({ desired, awaits }: PlannedObject): Promise<void> {
    if (awaits === undefined) return;
    if (this.#hasFailed(awaits.kind, awaits.metadata.name)) throw waitsForOthers(desired);
    const { apiVersion, kind } = desired.reference;
    const wait = (milliseconds: number) =>
      this.#connection.discovery.waitUntilServed(apiVersion, kind, milliseconds, this.#signal);
    try {
      await wait(DEFINITION_NAMES_MILLISECONDS);
    } catch (error) {
      if (!(error instanceof NautesError) || error.reason !== 'KindNotServed') throw error;
      await this.#examineDefinition(awaits);
      await wait(DEFINITION_SERVED_MILLISECONDS);
    }
  }

  /**
   * A CRD whose names another one has is never served: waiting for it would be in vain. One with accepted names that is not
   * established was interrupted: API servers establish a CRD when they see it change (apiextensions-apiserver,
   * `updateCustomResourceDefinition`), and one that ended in between sees none until its caches are synchronized again.
   */
  async #examineDefinition({ metadata }: KubeObject): Promise<void> {
    const { client } = this.#connection;
    const name = { namespace: '', name: metadata.name };
    const definition = await client.find(wellKnown.customResourceDefinition, name, this.#signal);
    if (definition === undefined) return;
    const names = condition(definition, 'NamesAccepted')?.status;
    if (names === 'False') {
      throw new NautesError('DefinitionNamesConflict', { object: describeReference(referenceOf(definition)) });
    }
    if (names !== 'True' || condition(definition, 'Established')?.status === 'True') return;
    for (const value of ['now', null]) {
      const change = { metadata: { uid: definition.metadata.uid, annotations: { [ESTABLISH_ANNOTATION]: value } } };
      await client.patch(wellKnown.customResourceDefinition, name, 'merge', change, this.#signal);
    }
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

  /** Webhooks of this component with nothing behind them would refuse for ever what brings that back: they come last anyway. */
  async #removeBlocking(gates: readonly PlannedObject[]): Promise<readonly ObjectReference[]> {
    const names = new Set(this.#failures.flatMap(({ error }) => webhookWithoutBackend(error) ?? []));
    const removed: ObjectReference[] = [];
    for (const { desired, decision, type } of gates) {
      const head = 'head' in decision ? decision.head : undefined;
      const entry = this.#entries.get(desired.key);
      if (head?.metadata.uid === undefined || head.metadata.uid !== entry?.uid || entry.foreign) continue;
      if (type === undefined || !configuresWebhook(desired.object, names)) continue;
      const { uid, name } = head.metadata;
      await this.#connection.client.delete(type, { namespace: '', name }, { uid }, this.#signal);
      this.#entries.set(desired.key, { ...entry, uid: '', hash: '', revision: '' });
      removed.push(desired.reference);
    }
    return removed;
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

/** Instances of CRDs that are not served yet go to the end: nothing waits behind them. */
function instancesLast(objects: readonly PlannedObject[]): PlannedObject[] {
  const waiting = objects.filter(({ awaits }) => awaits !== undefined);
  return [...objects.filter(({ awaits }) => awaits === undefined), ...waiting];
}
