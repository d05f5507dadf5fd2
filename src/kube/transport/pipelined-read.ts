import type { Dispatcher } from 'undici';

/** Informational answers (1xx) to one request; an API server sends none. */
export const MAXIMUM_INFORMATIONAL_ANSWERS = 16;

export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

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

/** What the transport has to do with each answer. What is thrown ends the read. */
export interface ReadHooks {
  readonly onAnswer: () => void;
  readonly onBytes: (count: number) => void;
  readonly tooManyInformational: () => Error;
  readonly tooLarge: (limit: number) => Error;
}

/**
 * Takes one answer from undici without a stream around it: of a look at a cluster at rest, streams, their signals and
 * iterators are the larger part of the work.
 */
export class ReadHandler implements Dispatcher.DispatchHandler {
  readonly #read: PipelinedRead;
  readonly #signal: AbortSignal;
  readonly #hooks: ReadHooks;
  readonly #answer = Promise.withResolvers<AnswerHead>();
  #head: AnswerHead | undefined;
  #size = 0;
  #informational = 0;

  constructor(read: PipelinedRead, signal: AbortSignal, hooks: ReadHooks) {
    this.#read = read;
    this.#signal = signal;
    this.#hooks = hooks;
    this.#answer.promise.catch(() => {}); // several may fail, and one is told
  }

  /** Resolves at the end of the body. */
  get answer(): Promise<AnswerHead> {
    return this.#answer.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#signal.aborted) controller.abort(asError(this.#signal.reason));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status >= 200) {
      this.#hooks.onAnswer();
      this.#head = { status, headers };
      return;
    }
    this.#informational += 1;
    if (this.#informational > MAXIMUM_INFORMATIONAL_ANSWERS) controller.abort(this.#hooks.tooManyInformational());
  }

  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#size += part.length;
    try {
      this.#signal.throwIfAborted();
      if (this.#size > this.#read.maximumResponse) throw this.#hooks.tooLarge(this.#read.maximumResponse);
      this.#hooks.onBytes(part.length);
      this.#read.take(part);
    } catch (error) {
      controller.abort(asError(error));
    }
  }

  onResponseEnd(): void {
    if (this.#head !== undefined) this.#answer.resolve(this.#head);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#answer.reject(error);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
