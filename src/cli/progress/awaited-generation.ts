import type { NautesClient } from '../../client/index.ts';
import type { StatusView } from '../../contract/views.ts';
import { isPassing } from './follow.ts';

interface ObservationOptions {
  readonly signal: AbortSignal;
  /** Told once, when something else is registered in the place of what was saved. */
  readonly onReplaced?: () => void;
}

/**
 * The generation of a cluster that somebody waits for: the one that was saved or, when the cluster was changed again
 * meanwhile, the one that is registered now. The server carries out nothing but what is registered, so that waiting for
 * one that was replaced would not end.
 */
export class AwaitedGeneration {
  readonly #client: NautesClient;
  readonly #cluster: string;
  #generation: string;
  #isReplaced = false;

  constructor(client: NautesClient, cluster: string, generation: string) {
    this.#client = client;
    this.#cluster = cluster;
    this.#generation = generation;
  }

  /** Whether the status speaks of it already. @throws ApiRefusal 404 when the cluster was deleted */
  async isObservedBy({ observedGeneration }: StatusView, { signal, onReplaced }: ObservationOptions): Promise<boolean> {
    if (observedGeneration === this.#generation) return true;
    // Asked each time: the cluster can be changed to what the status speaks of still.
    const registered = await this.#registered(signal);
    if (registered === undefined || registered === this.#generation) return false;
    this.#generation = registered;
    if (!this.#isReplaced) onReplaced?.();
    this.#isReplaced = true;
    return observedGeneration === registered;
  }

  /** `undefined` when the server does not tell at the moment: the status is asked for again anyway. */
  async #registered(signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await this.#client.generation(this.#cluster, signal)) || undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isPassing(error)) return undefined;
      throw error;
    }
  }
}
