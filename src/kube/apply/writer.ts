import { sleep } from '../../base/async/timing.ts';
import type { FormerField, InventoryEntry } from '../../resources/inventory.ts';
import { formerFields } from './adoption.ts';
import { nameOf } from '../client/object-requests.ts';
import type { ClusterConnection } from '../client/connection.ts';
import type { DesiredObject } from './desired.ts';
import { differences, objectDifferences } from './differences.ts';
import { formatFieldPath, type FieldPath, valueAtPath } from '../../kube-objects/field-path.ts';
import { isTransient, KubeApiError } from '../client/kube-error.ts';
import { otherManagers, ownersOfField } from '../../kube-objects/managed-fields.ts';
import { objectErrorOf, terminatingError } from '../client/object-error.ts';
import {
  ADOPTED_ANNOTATION,
  type KubeObject,
  type ObjectHead,
  plainReference,
  revisionOf,
} from '../../kube-objects/kube-object.ts';
import type { ApplyRequest } from './request.ts';
import type { Repair } from './report.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import { sharedFieldsOf, withoutHeldDefaults, withoutSharedFields } from './shared-fields.ts';

/** Tries of one write within a run, and the pauses between them; what still fails is reported. */
const MAXIMUM_TRIES = 4;
const RETRY_PAUSE_MILLISECONDS = 150;
const LONGEST_RETRY_AFTER_MILLISECONDS = 3_000;
/** A kind that has just become served may answer 404 for a moment. */
const NOT_SERVED_TRIES = 40;
const NOT_SERVED_PAUSE_MILLISECONDS = 50;

/** What became of one object. */
export interface WriteOutcome {
  readonly entry: InventoryEntry;
  /** False when the apply found everything as it should be. */
  readonly changed: boolean;
  readonly repair: Repair | undefined;
}

/** Writes single objects of one component. */
export class ObjectWriter {
  readonly #connection: ClusterConnection;
  readonly #request: ApplyRequest;
  readonly #signal: AbortSignal;

  constructor(connection: ClusterConnection, request: ApplyRequest, signal: AbortSignal) {
    this.#connection = connection;
    this.#request = request;
    this.#signal = signal;
  }

  /** Applies without looking at the fields before, except where others may own some of them. */
  async apply(type: ResourceType, desired: DesiredObject, exists: boolean, foreign: boolean): Promise<WriteOutcome> {
    const mayBeOthers = [...sharedFieldsOf(desired.object, this.#request.ignoreFields), ...desired.defaulted];
    const live = exists && mayBeOthers.length > 0 ? await this.#read(type, desired) : undefined;
    const body = live === undefined ? marked(desired.object, foreign) : this.#body(desired, live, foreign);
    const json = body === desired.object ? desired.json() : JSON.stringify(body);
    const head = await this.#retried(desired, () =>
      this.#connection.client.applyForHead(type, body, { json }, this.#signal),
    );
    if (!type.namespaced) await this.#request.ownedObjects?.note(type, head);
    return { entry: this.#entry(desired, head, foreign), changed: true, repair: undefined };
  }

  /**
   * Reads the object and applies it when a field of ours is not as it should be. What the server merely spells in
   * another way is no repair: the fields that count are those that the apply has changed.
   */
  async inspect(type: ResourceType, desired: DesiredObject, foreign: boolean): Promise<WriteOutcome> {
    const live = await this.#read(type, desired);
    if (live === undefined) {
      const { entry } = await this.apply(type, desired, false, foreign);
      return { entry, changed: true, repair: { object: desired.reference, fields: [], manager: '' } };
    }
    const body = this.#body(desired, live, foreign);
    if (objectDifferences(body, live).length === 0) {
      return { entry: this.#entry(desired, live, foreign), changed: false, repair: undefined };
    }
    const applied = await this.#retried(desired, () => this.#connection.client.apply(type, body, {}, this.#signal));
    const fields = objectDifferences(body, live).filter((path) => isChanged(path, live, applied));
    const entry = this.#entry(desired, applied, foreign);
    if (fields.length === 0) return { entry, changed: false, repair: undefined };
    return { entry, changed: true, repair: repairOf(desired, live, fields) };
  }

  /** What applying changes on an object of somebody else, added to what was changed before. */
  async formerFields(
    type: ResourceType,
    desired: DesiredObject,
    known: readonly FormerField[] = [],
  ): Promise<readonly FormerField[]> {
    const live = await this.#read(type, desired);
    return live === undefined ? known : formerFields(this.#body(desired, live, true), live, known);
  }

  async #read(type: ResourceType, desired: DesiredObject): Promise<KubeObject | undefined> {
    return await this.#connection.client.find(type, nameOf(desired.reference), this.#signal);
  }

  #body({ object, defaulted }: DesiredObject, live: KubeObject, foreign: boolean): KubeObject {
    const body = withoutSharedFields(object, live, this.#request.ignoreFields);
    return marked(withoutHeldDefaults(body, live, defaulted, foreign), foreign);
  }

  /** Tries a write a few times; the error that remains is about the object where that can be told. */
  async #retried<T extends ObjectHead>(desired: DesiredObject, write: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return refuseTerminating(await write());
      } catch (error) {
        const pause = pauseAfter(error, attempt);
        if (pause === undefined || this.#signal.aborted) throw objectErrorOf(error, desired.reference);
        await sleep(pause, this.#signal);
      }
    }
  }

  #entry(desired: DesiredObject, head: ObjectHead, foreign: boolean): InventoryEntry {
    return {
      ...plainReference(desired.reference),
      component: this.#request.component,
      uid: head.metadata.uid ?? '',
      hash: desired.hash,
      revision: revisionOf(head.metadata),
      foreign,
    };
  }
}

/** What existed before us says so on the cluster: whoever finds it later does not take it for ours. */
function marked(object: KubeObject, foreign: boolean): KubeObject {
  if (!foreign) return object;
  const annotations = { ...object.metadata.annotations, [ADOPTED_ANNOTATION]: 'true' };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Applying to an object that is being deleted succeeds and changes nothing of its end (Kubernetes 1.36). */
function refuseTerminating<T extends ObjectHead>(head: T): T {
  if (head.metadata.deletionTimestamp === undefined) return head;
  throw terminatingError(head);
}

/** How long to wait before the next try, or `undefined` when trying again now is of no use. */
function pauseAfter(error: unknown, attempt: number): number | undefined {
  if (error instanceof KubeApiError) {
    if (error.isNotServed) return attempt < NOT_SERVED_TRIES ? NOT_SERVED_PAUSE_MILLISECONDS : undefined;
    if (/failed calling webhook/.test(error.failure.peerMessage)) return undefined; // each try may take 30 s
    if (error.isStorageInitializing && attempt < NOT_SERVED_TRIES) return NOT_SERVED_PAUSE_MILLISECONDS;
    const retryAfter = error.failure.retryAfterMilliseconds ?? 0;
    const conflict = error.httpStatus === 409;
    if (!(error.isTransient || conflict) || retryAfter > LONGEST_RETRY_AFTER_MILLISECONDS) return undefined;
    return attempt < MAXIMUM_TRIES ? Math.max(retryAfter, RETRY_PAUSE_MILLISECONDS * 2 ** (attempt - 1)) : undefined;
  }
  return isTransient(error) && attempt < 2 ? RETRY_PAUSE_MILLISECONDS : undefined;
}

function isChanged(path: FieldPath, before: KubeObject, after: KubeObject): boolean {
  const [old, now] = [valueAtPath(before, path), valueAtPath(after, path)];
  return differences(now, old).length > 0 || differences(old, now).length > 0;
}

function repairOf(desired: DesiredObject, live: KubeObject, fields: readonly FieldPath[]): Repair {
  const owner = fields.map((path) => ownersOfField(live, path)[0]).find((name) => name !== undefined);
  const manager = owner ?? otherManagers(live)[0] ?? '';
  return { object: desired.reference, fields: fields.map(formatFieldPath), manager };
}
