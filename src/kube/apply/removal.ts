import { readNamespaceHold } from '../client/namespace-hold.ts';
import { message } from '../../messages/message.ts';
import { asNautesError } from '../../errors/errors.ts';
import type { RemainingObject, RetainedObject } from '../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { forEachBounded } from '../../base/async/concurrency.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { type Holder, terminatingInNamespace, terminatingInstance } from './dependants.ts';
import { endsRun, objectErrorOf } from '../client/object-error.ts';
import {
  describeReference,
  groupOf,
  type ObjectHead,
  type ObjectOwner,
  plainReference,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { whyAdoptedIsUnchanged } from './adoption.ts';
import { deleteInstances, deleteOwned, examineOwned, type RemovalOutcome, removalOrder } from './owned-removal.ts';
import { releaseCommand } from '../../kube-objects/removal-command.ts';
import { applyPhaseOf, wellKnown } from '../../kube-objects/resource-types.ts';

export interface RemovalRequest {
  readonly owner: ObjectOwner;
  /** Whether a registration of this installation is over: what it has left is ours. */
  readonly isOver?: (incarnation: string) => boolean;
  /** The inventory of the registration, or of one component. */
  readonly entries: readonly InventoryEntry[];
  /** All of the registration, where the entries are not: an instance of any of its CRDs goes while controllers run. */
  readonly inventory?: readonly InventoryEntry[];
  /** The entries are all of the registration. */
  readonly isWhole?: boolean;
  /** Keep CRDs and namespaces that hold what others made, with that; otherwise they go with everything in them. */
  readonly keepDependants: boolean;
  /** How long controllers are kept for the sake of instances that wait for a finalizer; a minute without it. */
  readonly finalizerMilliseconds?: number;
  /** Further names of managers whose objects come from our components and do not count as made by others. */
  readonly controllers?: readonly string[];
}

/** One pass. Nothing is left to do when `remaining` is empty. */
export interface RemovalReport {
  /** Seen to be gone (also those that were gone before). */
  readonly removed: readonly ObjectReference[];
  /** Deletion is under way or failed; worth another pass. */
  readonly remaining: readonly RemainingObject[];
  /** Left on purpose, and why. */
  readonly left: readonly RetainedObject[];
  /** Those of what was left that are not ours, or no longer. */
  readonly notOurs: readonly ObjectReference[];
  /** Entries of what was only intended, as far as it was found: with its UID. */
  readonly found: readonly InventoryEntry[];
}

/** Requests at a time. */
const PARALLEL_DELETIONS = 8;
/** Controllers are kept for so long for the sake of instances that wait for a finalizer, unless the request says otherwise. */
const FINALIZER_GRACE_MILLISECONDS = 60_000;
/** Changing this annotation makes the namespace controller look again at once instead of after its back-off. */
const WAKE_ANNOTATION = 'cluster.nautes.io/removal-checked';

type Remaining = RemovalReport['remaining'][number];
type Left = RemovalReport['left'][number];
type Hold = Pick<Remaining, 'reason' | 'message' | 'command'>;

/**
 * One pass of taking objects away; call it again until `remaining` is empty. A step is begun only when the one before
 * has nothing left that could hold it up: webhook configurations and APIServices, instances of our CRDs (those that users
 * have made as well when they are to go), everything else in reverse, CRDs, namespaces. Deletes only what is ours, and exactly the objects that were checked.
 * @throws NautesError when the cluster cannot be reached or refuses our credential
 */
export async function removeObjects(
  connection: ClusterConnection,
  request: RemovalRequest,
  signal: AbortSignal,
): Promise<RemovalReport> {
  await connection.discovery.refresh(signal);
  const pass = new RemovalPass(connection, request, signal);
  const [gates, instances, regular, definitions, namespaces] = removalOrder(request.entries, request.inventory);
  await pass.remove(gates);
  await pass.remove(instances);
  if (!request.keepDependants) await pass.removeUses(definitions);
  if (pass.isHeldByFinalizers()) {
    pass.postpone([...regular, ...definitions, ...namespaces]);
    return pass.report();
  }
  await pass.remove(regular);
  await pass.remove(definitions);
  await pass.remove(namespaces);
  return pass.report();
}

class RemovalPass {
  readonly #connection: ClusterConnection;
  readonly #holder: Holder;
  readonly #finalizerMilliseconds: number;
  readonly #signal: AbortSignal;
  readonly #removed: ObjectReference[] = [];
  readonly #remaining: Remaining[] = [];
  readonly #left: Left[] = [];
  readonly #notOurs: ObjectReference[] = [];
  readonly #found: InventoryEntry[] = [];
  readonly #terminating: ObjectHead[] = [];

  constructor(connection: ClusterConnection, request: RemovalRequest, signal: AbortSignal) {
    this.#connection = connection;
    this.#holder = request;
    this.#finalizerMilliseconds = request.finalizerMilliseconds ?? FINALIZER_GRACE_MILLISECONDS;
    this.#signal = signal;
  }

  report(): RemovalReport {
    return {
      removed: this.#removed,
      remaining: this.#remaining,
      left: this.#left,
      notOurs: this.#notOurs,
      found: this.#found,
    };
  }

  async remove(entries: readonly InventoryEntry[]): Promise<void> {
    await forEachBounded(entries, PARALLEL_DELETIONS, async (entry) => {
      const object = plainReference(entry);
      try {
        await this.#removeOne(entry, object);
      } catch (error) {
        const translated = objectErrorOf(error, object);
        if (endsRun(translated, this.#signal)) throw translated;
        if (entry.foreign) {
          this.#leave(entry, object);
          return;
        }
        const { reason, said } = asNautesError(translated);
        this.#remaining.push({ ...object, reason, message: said });
      }
    });
  }

  /** What existed before us stays, whatever became of the question after it. */
  #leave({ former = [] }: InventoryEntry, object: ObjectReference): void {
    this.#left.push({ ...object, reason: whyAdoptedIsUnchanged(former) });
    this.#notOurs.push(object);
  }

  async #removeOne(entry: InventoryEntry, object: ObjectReference): Promise<void> {
    const outcome = await deleteOwned(this.#connection, entry, this.#holder, this.#signal);
    const uid = uidOf(outcome);
    if (entry.uid === '' && uid !== '') this.#found.push({ ...entry, uid });
    if (outcome.state === 'left') {
      this.#left.push({ ...object, reason: outcome.reason });
      if (!outcome.ours) this.#notOurs.push(object);
    } else if (outcome.state !== 'deleting') this.#removed.push(object);
    else {
      this.#terminating.push(outcome.head);
      this.#remaining.push({ ...object, ...(await this.#whatHolds(outcome.head)) });
    }
  }

  /** Instances that users have made of our CRDs go while the controllers run that serve their finalizers. */
  async removeUses(definitions: readonly InventoryEntry[]): Promise<void> {
    await forEachBounded(definitions, PARALLEL_DELETIONS, async (definition) => {
      try {
        const { state } = await examineOwned(this.#connection, definition, this.#holder, this.#signal);
        if (state !== 'present') return;
        const staying = await deleteInstances(this.#connection, definition.name, this.#holder, this.#signal);
        this.#terminating.push(...staying);
      } catch (error) {
        const translated = objectErrorOf(error, plainReference(definition));
        if (endsRun(translated, this.#signal)) throw translated; // the CRD itself tells what else is wrong
      }
    });
  }

  /** True while an instance of a CRD of ours waits for a finalizer that its controller may still serve. */
  isHeldByFinalizers(): boolean {
    return this.#terminating.some(({ metadata }) => {
      const since = Date.parse(metadata.deletionTimestamp ?? '');
      return Date.now() - since < this.#finalizerMilliseconds;
    });
  }

  postpone(entries: readonly InventoryEntry[]): void {
    const waiting: Hold = { reason: 'Waiting', message: message('Waiting') };
    for (const entry of entries) {
      const held = this.#terminating.find((head) => isInstanceOf(head, entry));
      this.#remaining.push({ ...plainReference(entry), ...(held === undefined ? waiting : heldInstance(held)) });
    }
  }

  async #whatHolds(head: ObjectHead): Promise<Hold> {
    const finalizers = head.metadata.finalizers ?? [];
    if (head.kind === 'Namespace') return await this.#whatHoldsNamespace(head.metadata.name);
    if (head.kind === 'CustomResourceDefinition') {
      const held = await terminatingInstance(this.#connection, head.metadata.name, this.#signal);
      if (held !== undefined) return heldInstance(held);
    }
    if (finalizers.length === 0) return { reason: 'Terminating', message: message('Terminating.underWay') };
    return {
      reason: 'FinalizersRemaining',
      message: message('FinalizersRemaining', { finalizers: head.metadata.finalizers ?? [] }),
    };
  }

  /** The namespace controller says in conditions why a namespace does not end. */
  async #whatHoldsNamespace(name: string): Promise<Hold> {
    const hold = await readNamespaceHold(this.#connection.client, name, this.#signal);
    const { reason, message: text, resources } = hold;
    const waitsForNothing = this.#connection.discovery.staleGroupVersions.length === 0;
    if (reason === 'NamespaceDeletionDiscoveryFailure' && waitsForNothing) await this.#wake(name);
    if (reason !== 'NamespaceFinalizersRemaining') return { reason, message: text };
    const held = await terminatingInNamespace(this.#connection, name, resources, this.#signal);
    return held === undefined ? { reason, message: text } : { ...heldInNamespace(held), reason };
  }

  /** The APIService that it waited for has gone: without a change of the namespace that is seen only after a minute. */
  async #wake(name: string): Promise<void> {
    const body = { metadata: { annotations: { [WAKE_ANNOTATION]: new Date().toISOString() } } };
    await this.#connection.client
      .patch(wellKnown.namespace, { namespace: '', name }, 'merge', body, this.#signal)
      .catch(() => {}); // it may have gone meanwhile, and it would end without this as well
  }
}

function isInstanceOf({ apiVersion }: ObjectHead, entry: InventoryEntry): boolean {
  return applyPhaseOf(entry) === 'definition' && entry.name.endsWith(`.${groupOf(apiVersion)}`);
}

function uidOf(outcome: RemovalOutcome): string {
  if (outcome.state === 'deleting') return outcome.head.metadata.uid ?? '';
  return outcome.state === 'absent' ? '' : (outcome.uid ?? '');
}

/** The one of what remains that says most of why: a command helps, or something else than time is waited for. */
export function mostTelling(remaining: readonly RemainingObject[]): RemainingObject | undefined {
  const isTelling = ({ reason }: RemainingObject): boolean => reason !== 'Waiting' && reason !== 'Terminating';
  return remaining.find(({ command }) => command !== undefined) ?? remaining.find(isTelling) ?? remaining[0];
}

/** A namespace goes with its content: what people have to let go is the object that waits. */
function heldInNamespace(content: ObjectHead): Omit<Hold, 'reason'> {
  const reference = referenceOf(content);
  const finalizers = content.metadata.finalizers ?? [];
  const cause = message('NamespaceHeld.object', { object: describeReference(reference), finalizers });
  return { message: message('NamespaceHeld', { causes: [cause] }), command: releaseCommand(reference) };
}

/** A CRD goes with its last instance: what people have to let go is the instance. */
function heldInstance(instance: ObjectHead): Hold {
  const reference = referenceOf(instance);
  const finalizers = instance.metadata.finalizers ?? [];
  const text = message('InstancesRemaining', { object: describeReference(reference), finalizers });
  return { reason: 'InstancesRemaining', message: text, command: releaseCommand(reference) };
}
