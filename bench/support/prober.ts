import { sleep } from '../../src/base/async/timing.ts';
import type { ApiClient } from '../../test/harness/api-client.ts';

/** Between two calls. */
const PAUSE_MILLISECONDS = 100;

/** A client that reads clusters continuously, to measure latency while the server is busy. */
export class Prober {
  readonly latencies: number[] = [];
  readonly #client: ApiClient;
  readonly #paths: readonly string[];
  #running: Promise<void> | undefined;
  #stopped = false;

  /** @param paths of calls that are answered 200 or 404 */
  constructor(client: ApiClient, paths: readonly string[]) {
    this.#client = client;
    this.#paths = paths;
  }

  start(): void {
    this.#running = this.#run();
    this.#running.catch(() => {}); // reported by `stop`
  }

  async stop(): Promise<readonly number[]> {
    this.#stopped = true;
    await this.#running;
    return this.latencies;
  }

  async #run(): Promise<void> {
    for (let call = 0; !this.#stopped; call += 1) {
      const path = this.#paths[call % this.#paths.length] ?? '';
      const started = performance.now();
      const { status } = await this.#client.request('GET', path);
      if (status !== 200 && status !== 404) throw new Error(`${path} was answered ${status}`);
      this.latencies.push(performance.now() - started);
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}
