import { NautesError } from '../../errors/errors.ts';
import { type AnswerBudget, MAXIMUM_SMALL_ANSWER_BYTES } from './answer-budget.ts';
import type { AnswerFlow, AnswerHead, AnswerSink } from './answer-handler.ts';
import { MAXIMUM_STATUS_BYTES } from './answer-limits.ts';

/** One of several reads that are sent one behind the other. */
export interface PipelinedRead {
  /** Path below the server's own, and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the answer. */
  readonly maximumResponse: number;
  /** Given each part of the body, whatever the status. */
  readonly take: (part: Buffer) => void;
}

/** What one server may send, and who is told of it. */
export interface AnswerContext {
  /** `host:port`, for errors. */
  readonly address: string;
  /** Called when there is an answer, whatever it says. */
  readonly onAnswer: () => void;
  /** Told of bytes as they come. What it throws ends the request. */
  readonly onBytes: (count: number) => void;
  /** Shared with other servers. */
  readonly budget: AnswerBudget;
}

/** Keeps the whole body, within a limit. Refuses redirects. */
export class WholeAnswer implements AnswerSink {
  readonly #context: AnswerContext;
  readonly #parts: Buffer[] = [];
  /** Ends the wait for a place among the large answers. */
  readonly #ended = Promise.withResolvers<void>();
  #limit: number;
  #size = 0;
  #flow: AnswerFlow | undefined;
  #waiting: AbortController | undefined;

  /** @param limit in bytes; of an answer that is no success {@link MAXIMUM_STATUS_BYTES} in any case */
  constructor(context: AnswerContext, limit: number) {
    this.#context = context;
    this.#limit = limit;
    this.#ended.promise.catch(() => {});
  }

  /** What has come, without the larger buffers of the connection that it came in. */
  get bytes(): Buffer {
    return Buffer.concat(this.#parts, this.#size);
  }

  begin({ status, headers }: AnswerHead, flow: AnswerFlow): void {
    const { address, onAnswer } = this.#context;
    onAnswer();
    if (status >= 300 && status < 400 && status !== 304) throw new NautesError('ClusterRedirects', { address, status });
    if (status >= 400) this.#limit = Math.min(this.#limit, MAXIMUM_STATUS_BYTES);
    if (Number(headers['content-length'] ?? 0) > this.#limit) throw tooLarge(address, this.#limit);
    this.#flow = flow;
  }

  take(part: Buffer): void {
    this.#size += part.length;
    this.#context.onBytes(part.length);
    if (this.#size > this.#limit) throw tooLarge(this.#context.address, this.#limit);
    this.#parts.push(part);
    const isLarge = this.#size > MAXIMUM_SMALL_ANSWER_BYTES;
    if (isLarge && this.#waiting === undefined && this.#flow !== undefined) this.#waitForPlace(this.#flow);
  }

  end(): void {
    this.#ended.resolve();
  }

  fail(error: Error): void {
    this.#ended.reject(error);
    this.#waiting?.abort(error);
  }

  /** The rest of a large answer stays with the server until there is a place for it. */
  #waitForPlace(flow: AnswerFlow): void {
    const { budget, address } = this.#context;
    this.#waiting = new AbortController();
    flow.pause();
    const read = async (): Promise<void> => {
      flow.resume();
      await this.#ended.promise;
    };
    budget.readLarge(address, flow.fail, read, this.#waiting.signal).catch(flow.fail);
  }
}

/** Gives the parts of one of several reads on. */
export class ReadAnswer implements AnswerSink {
  readonly #context: AnswerContext;
  readonly #read: PipelinedRead;
  #size = 0;

  constructor(context: AnswerContext, read: PipelinedRead) {
    this.#context = context;
    this.#read = read;
  }

  begin(): void {
    this.#context.onAnswer();
  }

  take(part: Buffer): void {
    const { maximumResponse, take } = this.#read;
    this.#size += part.length;
    if (this.#size > maximumResponse) throw tooLarge(this.#context.address, maximumResponse);
    this.#context.onBytes(part.length);
    take(part);
  }
}

/** Gives the parts of a success on and keeps the body of any other answer. */
export class StreamedAnswer implements AnswerSink {
  readonly #context: AnswerContext;
  readonly #consume: (part: Uint8Array) => void;
  readonly #failure: WholeAnswer;
  #isSuccess = false;

  constructor(context: AnswerContext, consume: (part: Uint8Array) => void) {
    this.#context = context;
    this.#consume = consume;
    this.#failure = new WholeAnswer(context, MAXIMUM_STATUS_BYTES);
  }

  /** Of an answer that is no success. */
  get bytes(): Buffer {
    return this.#failure.bytes;
  }

  begin(head: AnswerHead, flow: AnswerFlow): void {
    this.#isSuccess = head.status >= 200 && head.status < 300;
    if (this.#isSuccess) this.#context.onAnswer();
    else this.#failure.begin(head, flow);
  }

  take(part: Buffer): void {
    if (!this.#isSuccess) return this.#failure.take(part);
    this.#context.onBytes(part.length);
    this.#consume(part);
  }
}

function tooLarge(address: string, limit: number): NautesError {
  return new NautesError('ClusterResponseTooLarge', { address, limit });
}
