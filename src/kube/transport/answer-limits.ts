import { ConcurrencyLimit } from '../../base/async/concurrency.ts';
import { exceededJsonLimit, type JsonLimits } from '../../base/network/json-shape.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A version, a review, a token, the Status of a failure. */
export const MAXIMUM_STATUS_BYTES = 256 * KIB;
/** One object as JSON: etcd takes 1.5 MiB, JSON and managed fields are above that. */
export const MAXIMUM_OBJECT_BYTES = 4 * MIB;
/** One page of a list. */
export const MAXIMUM_PAGE_BYTES = 16 * MIB;
/** One of the two discovery documents; that of a cluster with 1,000 kinds has 1 MB. */
export const MAXIMUM_DISCOVERY_BYTES = 8 * MIB;

/** Over which time the bytes of one cluster are summed up. */
export const TRAFFIC_WINDOW_MILLISECONDS = 60_000;

/** The schema of a definition has depth 60 in the field. */
const SHAPE: JsonLimits = { depth: 200, values: 1_000_000 };

/** From this size on an answer needs one of the {@link LARGE_ANSWERS} places: they bound the memory of all clusters together. */
const LARGE_ANSWER_BYTES = MIB;
const LARGE_ANSWERS = 8;
/** Of the whole process. */
const largeAnswers = new ConcurrencyLimit(LARGE_ANSWERS);

export interface AnswerReaderOptions {
  /** `host:port`, for errors. */
  readonly address: string;
  /** Bytes. */
  readonly limit: number;
  /** Told of bytes as they come; what it throws ends the reading. */
  readonly onBytes: (count: number) => void;
}

/** Reads one answer within its limits. */
export class AnswerReader {
  readonly #options: AnswerReaderOptions;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(options: AnswerReaderOptions) {
    this.#options = options;
  }

  /** The whole body. @throws NautesError `ClusterResponseTooLarge`; the stream has ended in any case */
  async read(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Buffer> {
    const parts = body[Symbol.asyncIterator]();
    try {
      const isLarge = await this.#take(parts, LARGE_ANSWER_BYTES);
      if (isLarge) await largeAnswers.run(() => this.#take(parts, Number.POSITIVE_INFINITY), signal);
      return Buffer.concat(this.#chunks, this.#size);
    } finally {
      await parts.return?.();
    }
  }

  /** @throws NautesError `ClusterResponseInvalid` when parsing it would take more memory than an answer may */
  checkShape(bytes: Buffer): void {
    const exceeded = exceededJsonLimit(bytes, SHAPE);
    if (exceeded === undefined) return;
    const problem = message(`ClusterResponseInvalid.${exceeded}`, { limit: SHAPE[exceeded] });
    throw new NautesError('ClusterResponseInvalid', { address: this.#options.address, problem });
  }

  tooLarge(): NautesError {
    const { address, limit } = this.#options;
    return new NautesError('ClusterResponseTooLarge', { address, limit });
  }

  /** Takes parts until there are more bytes than `pause`, and says whether that was so. */
  async #take(parts: AsyncIterator<Uint8Array>, pause: number): Promise<boolean> {
    while (this.#size <= pause) {
      const part = await parts.next();
      if (part.done === true) return false;
      this.#size += part.value.length;
      this.#options.onBytes(part.value.length);
      if (this.#size > this.#options.limit) throw this.tooLarge();
      this.#chunks.push(part.value);
    }
    return true;
  }
}

/** Bytes within the last {@link TRAFFIC_WINDOW_MILLISECONDS}, to the precision of half a window. */
export class TrafficCounter {
  #start = 0;
  #before = 0;
  #now = 0;

  /** Adds to the sum and returns it. */
  add(bytes: number, time = performance.now()): number {
    const half = TRAFFIC_WINDOW_MILLISECONDS / 2;
    const halves = Math.floor((time - this.#start) / half);
    if (halves > 0) {
      this.#before = halves === 1 ? this.#now : 0;
      this.#now = 0;
      this.#start += halves * half;
    }
    this.#now += bytes;
    return this.#before + this.#now;
  }
}
