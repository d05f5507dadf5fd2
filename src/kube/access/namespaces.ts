import type { ObjectHead } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { KubeClient } from '../client/client.ts';

/** A cluster with more Namespaces is asked for each by its name. */
const LISTED_NAMESPACES = 250;

/** The Namespaces of a cluster, whoever's they are, as one list had them. */
export class NamespaceList {
  /** Milliseconds of `performance.now()` before it was asked for. */
  readonly since: number;
  readonly #heads: ReadonlyMap<string, ObjectHead>;

  private constructor(since: number, heads: readonly ObjectHead[]) {
    this.since = since;
    this.#heads = new Map(heads.map((head) => [head.metadata.name, head]));
  }

  /** `undefined` when there are too many. @throws KubeApiError */
  static async of(client: KubeClient, signal: AbortSignal): Promise<NamespaceList | undefined> {
    const since = performance.now();
    const { items, complete } = await client.listHeads(wellKnown.namespace, { limit: LISTED_NAMESPACES }, signal);
    return complete ? new NamespaceList(since, items) : undefined;
  }

  find(name: string): ObjectHead | undefined {
    return this.#heads.get(name);
  }

  get all(): readonly ObjectHead[] {
    return [...this.#heads.values()];
  }
}
