import type { KubeClient, UnparsedHeads } from '../client/client.ts';
import {
  objectKey,
  type ObjectHead,
  type ObjectOwner,
  ownershipSelector,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';

/** What a registration had of a kind, by which it is seen whether any of it has changed. */
export interface KindState {
  readonly type: ResourceType;
  /** Of the list of its objects, see `digestOfItems`. */
  readonly digest: string;
}

interface KindList {
  readonly type: ResourceType;
  readonly list: Promise<UnparsedHeads>;
  heads: Promise<readonly ObjectHead[]> | undefined;
}

/** All objects of a kind, by their keys. */
interface KindHeads {
  readonly since: number;
  readonly heads: Promise<Map<string, ObjectHead> | undefined>;
}

/** All objects of a cluster-scoped kind as they were listed. */
export interface SeenHeads {
  /** Milliseconds of `performance.now()` before it was asked for. */
  readonly since: number;
  readonly all: readonly ObjectHead[];
}

/**
 * Components share a list of a kind for so long; one that looks later may find what others did since. Server-side apply
 * cannot be told that an object must not exist: what others make within this time is not seen before it is written to.
 */
const SHARED_MILLISECONDS = 5_000;
/** A kind of which there are more is asked for by name. */
const SHARED_HEADS = 250;

/**
 * The metadata of what a registration has on its cluster: one list for each kind, shared by all components that are
 * checked in one go. What has changed since the list is seen in the next look.
 */
export class OwnedObjectIndex {
  readonly #client: KubeClient;
  readonly #owner: ObjectOwner;
  readonly #lists = new Map<string, KindList>();
  readonly #all = new Map<string, KindHeads>();

  constructor({ client }: { readonly client: KubeClient }, owner: ObjectOwner) {
    this.#client = client;
    this.#owner = owner;
  }

  /** Whether the lists are asked for by this connection. */
  isOf({ client }: { readonly client: KubeClient }): boolean {
    return this.#client === client;
  }

  async ofType(type: ResourceType, signal: AbortSignal): Promise<readonly ObjectHead[]> {
    const known = this.#listOf(type, signal);
    known.heads ??= known.list.then(({ heads }) => heads());
    known.heads.catch(() => this.#forget(known));
    return await known.heads;
  }

  /**
   * The metadata of all objects of a cluster-scoped kind, whoever's they are: a list that is shared for a few seconds, with
   * what was written here since. `undefined` when there are too many.
   */
  async allOf(type: ResourceType, signal: AbortSignal): Promise<ReadonlyMap<string, ObjectHead> | undefined> {
    const key = keyOf(type);
    const known = this.#all.get(key);
    if (known !== undefined && performance.now() - known.since < SHARED_MILLISECONDS) return await known.heads;
    const heads = this.#listAll(type, signal);
    const made = { since: performance.now(), heads };
    this.#all.set(key, made);
    heads.catch(() => this.#all.get(key) === made && this.#all.delete(key));
    return await heads;
  }

  /** What {@link allOf} gives for the kind while it is not older than a list would be. */
  know(type: ResourceType, { since, all }: SeenHeads): void {
    this.#all.set(keyOf(type), { since, heads: Promise.resolve(byKey(all)) });
  }

  /** An object was written here: it is so from now on. */
  async note(type: ResourceType, head: ObjectHead): Promise<void> {
    const heads = await this.#all.get(keyOf(type))?.heads.catch(() => undefined);
    heads?.set(objectKey(referenceOf(head)), head);
  }

  /** Objects were deleted here: what is shared is asked for again. */
  forgetShared(): void {
    this.#all.clear();
  }

  async #listAll(type: ResourceType, signal: AbortSignal): Promise<Map<string, ObjectHead> | undefined> {
    const { items, complete } = await this.#client.listHeads(type, { limit: SHARED_HEADS }, signal);
    return complete ? byKey(items) : undefined;
  }

  /** The state of each kind that was listed; `undefined` when one of them is not known. */
  async states(): Promise<readonly KindState[] | undefined> {
    const states: KindState[] = [];
    for (const { type, list } of this.#lists.values()) {
      const { digest } = await list;
      if (digest === undefined) return undefined;
      states.push({ type, digest });
    }
    return states;
  }

  #listOf(type: ResourceType, signal: AbortSignal): KindList {
    const key = keyOf(type);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const labelSelector = ownershipSelector(this.#owner);
    const list = this.#client.listHeadsUnparsed(type, { labelSelector }, signal);
    const made: KindList = { type, list, heads: undefined };
    this.#lists.set(key, made);
    list.catch(() => this.#forget(made)); // the next caller tries again
    return made;
  }

  #forget(list: KindList): void {
    const key = keyOf(list.type);
    if (this.#lists.get(key) === list) this.#lists.delete(key);
  }
}

function byKey(heads: readonly ObjectHead[]): Map<string, ObjectHead> {
  return new Map(heads.map((head) => [objectKey(referenceOf(head)), head]));
}

function keyOf({ apiVersion, kind }: ResourceType): string {
  return `${apiVersion} ${kind}`;
}
