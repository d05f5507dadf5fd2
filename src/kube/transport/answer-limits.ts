import type { Readable } from 'node:stream';
import { exceededJsonLimit, type JsonLimits } from '../../base/network/json-shape.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { type AnswerBudget, MAXIMUM_SMALL_ANSWER_BYTES } from './answer-budget.ts';

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

/** Arrays and objects inside each other in one answer; the schema of a definition has 60 in the field. */
export const MAXIMUM_ANSWER_DEPTH = 200;
/** Elements, members, arrays and objects in one answer: parsed, each takes up to 100 bytes. */
export const MAXIMUM_ANSWER_VALUES = 1_000_000;

const SHAPE: JsonLimits = { depth: MAXIMUM_ANSWER_DEPTH, values: MAXIMUM_ANSWER_VALUES };

/** @throws NautesError `ClusterResponseInvalid` when parsing the text would take more memory than an answer may */
export function checkShape(text: Uint8Array, address: string): void {
  const exceeded = exceededJsonLimit(text, SHAPE);
  if (exceeded === undefined) return;
  const problem = message(`ClusterResponseInvalid.${exceeded}`, { limit: SHAPE[exceeded] });
  throw new NautesError('ClusterResponseInvalid', { address, problem });
}

export interface AnswerReaderOptions {
  /** `host:port`, for errors. */
  readonly address: string;
  /** Bytes. */
  readonly limit: number;
  /** Told of bytes as they come; what it throws ends the reading. */
  readonly onBytes: (count: number) => void;
  /** Shared with other clusters. */
  readonly budget: AnswerBudget;
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
  async read(body: Readable, signal: AbortSignal): Promise<Buffer> {
    const parts = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    try {
      const isLarge = await this.#take(parts, MAXIMUM_SMALL_ANSWER_BYTES);
      const { budget, address } = this.#options;
      if (isLarge) {
        const read = (): Promise<unknown> => this.#take(parts, Number.POSITIVE_INFINITY);
        await budget.readLarge(address, body, read, signal);
      }
      return Buffer.concat(this.#chunks, this.#size);
    } finally {
      await parts.return?.();
    }
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
