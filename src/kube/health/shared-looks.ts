import { sleep } from '../../base/async/timing.ts';
import {
  type KubeObject,
  objectKey,
  type ObjectOwner,
  ownershipSelector,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { KubeClient } from '../client/client.ts';

/** No workload is ready sooner after it was written. */
const EARLIEST_MILLISECONDS = 350;
/** A component waits for the others no longer. */
const LONGEST_WAIT_MILLISECONDS = 3_000;
/** What was asked for no longer ago is as good as asked for now. */
const SAME_MOMENT_MILLISECONDS = 1_000;

interface KindLook {
  /** Milliseconds of `performance.now()`. */
  readonly askedAt: number;
  readonly objects: Promise<ReadonlyMap<string, KubeObject>>;
}

/**
 * The first looks of the components of one run at the workloads that they have written: when the last of them is written,
 * so that one list of a kind is enough for all.
 */
export class SharedLooks {
  readonly #owner: ObjectOwner;
  readonly #looks = new Map<string, KindLook>();
  /** Components that are being written, or soon will be. */
  readonly #expected = new Set<PromiseWithResolvers<void>>();

  constructor(owner: ObjectOwner) {
    this.#owner = owner;
  }

  /** A component is being written. @returns to be called when it has been, or will not be */
  expect(): () => void {
    const component = Promise.withResolvers<void>();
    this.#expected.add(component);
    return () => {
      this.#expected.delete(component);
      component.resolve();
    };
  }

  /** Resolves when one looks who has been written just now. */
  async next(signal: AbortSignal): Promise<void> {
    const others = Promise.all([...this.#expected].map(({ promise }) => promise));
    await Promise.race([others, sleep(LONGEST_WAIT_MILLISECONDS, signal)]);
    await sleep(EARLIEST_MILLISECONDS, signal);
  }

  /**
   * The objects that the registration has of a kind, by their keys.
   * @param since they are as they were then or later, in milliseconds of `performance.now()`
   */
  async ofType(
    client: KubeClient,
    type: ResourceType,
    since: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, KubeObject>> {
    const key = `${type.apiVersion} ${type.kind}`;
    const known = this.#looks.get(key);
    const askedAt = performance.now();
    if (known !== undefined && known.askedAt >= Math.max(since, askedAt - SAME_MOMENT_MILLISECONDS))
      return await known.objects;
    const look = { askedAt, objects: this.#list(client, type, signal) };
    this.#looks.set(key, look);
    return await look.objects;
  }

  async #list(client: KubeClient, type: ResourceType, signal: AbortSignal): Promise<ReadonlyMap<string, KubeObject>> {
    const { items } = await client.list(type, { labelSelector: ownershipSelector(this.#owner) }, signal);
    return new Map(items.map((object) => [objectKey(referenceOf(object)), object]));
  }
}
