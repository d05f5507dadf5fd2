import { ConcurrencyLimit } from '../../base/async/concurrency.ts';
import { NautesError } from '../../errors/errors.ts';
import { TrafficCounter } from './traffic-counter.ts';

const MIB = 1024 * 1024;

/** An answer that is larger needs a place: places bound the memory of the answers of all clusters together. */
export const MAXIMUM_SMALL_ANSWER_BYTES = MIB;
/** How many large answers are read at a time. */
export const MAXIMUM_LARGE_ANSWERS = 8;
/** How many of those that come from clusters that have wasted a place before. */
export const MAXIMUM_DISTRUSTED_ANSWERS = 2;
/** How long a large answer may have its place: one that is slower is given up. In milliseconds. */
export const MAXIMUM_PLACE_MILLISECONDS = 15_000;
/** Bytes that all clusters together may send within a minute before each has no more than its share. */
export const MAXIMUM_TOTAL_TRAFFIC_BYTES = 1024 * MIB;
/** Bytes within a minute that one cluster may send while all together send too much. */
export const MAXIMUM_SHARE_BYTES = 32 * MIB;

export interface AnswerBudgetLimits {
  readonly places: number;
  readonly placeMilliseconds: number;
  /** Within a minute. */
  readonly totalBytes: number;
}

const DEFAULT_LIMITS: AnswerBudgetLimits = {
  places: MAXIMUM_LARGE_ANSWERS,
  placeMilliseconds: MAXIMUM_PLACE_MILLISECONDS,
  totalBytes: MAXIMUM_TOTAL_TRAFFIC_BYTES,
};

/** What the answers of several peers may take together. */
export class AnswerBudget {
  readonly #places: ConcurrencyLimit;
  readonly #distrusted: ConcurrencyLimit;
  readonly #placeMilliseconds: number;
  readonly #totalBytes: number;
  /** Addresses of clusters whose last large answer did not come to its end. */
  readonly #wasteful = new Set<string>();
  readonly #traffic = new TrafficCounter();

  constructor(limits: Partial<AnswerBudgetLimits> = {}) {
    const { places, placeMilliseconds, totalBytes } = { ...DEFAULT_LIMITS, ...limits };
    this.#places = new ConcurrencyLimit(places);
    this.#distrusted = new ConcurrencyLimit(Math.min(places, MAXIMUM_DISTRUSTED_ANSWERS));
    this.#placeMilliseconds = placeMilliseconds;
    this.#totalBytes = totalBytes;
  }

  /**
   * Reads the rest of a large answer when there is a place for it. One that does not come to its end in time is given
   * up, and the cluster has to wait for one of few places until another large answer of it was read.
   * @param giveUp ends what `read` waits for
   */
  async readLarge(
    address: string,
    giveUp: (error: NautesError) => void,
    read: () => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<void> {
    const places = this.#wasteful.has(address) ? this.#distrusted : this.#places;
    await places.run(async () => {
      const seconds = this.#placeMilliseconds / 1000;
      const tooSlow = (): void => giveUp(new NautesError('ClusterTimeout', { address, seconds }));
      const timer = setTimeout(tooSlow, this.#placeMilliseconds);
      try {
        await read();
        this.#wasteful.delete(address);
      } catch (error) {
        this.#wasteful.add(address);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    }, signal);
  }

  /** Counts bytes of an answer. @returns how many bytes one cluster may send within a minute, at most the limit */
  count(bytes: number, limit: number): number {
    return this.#traffic.add(bytes) > this.#totalBytes ? Math.min(limit, MAXIMUM_SHARE_BYTES) : limit;
  }
}

/** Of all clusters that are registered, in this process. */
export const clusterAnswers = new AnswerBudget();
