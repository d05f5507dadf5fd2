import type { Dispatcher } from 'undici';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';

/** Informational answers (1xx) to one request; an API server sends none. */
export const MAXIMUM_INFORMATIONAL_ANSWERS = 16;

export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What the body of one answer is given to. What a function throws ends the request. */
export interface AnswerSink {
  readonly begin: (head: AnswerHead, flow: AnswerFlow) => void;
  readonly take: (part: Buffer) => void;
  readonly end?: () => void;
  /** The request has failed. */
  readonly fail?: (error: Error) => void;
}

/** An answer under way, as its sink can hold it up and end it. */
export interface AnswerFlow {
  /** No part is taken from the connection until {@link resume}. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Takes one answer from undici and gives its parts to a sink as they come, without a stream around it: streams, their
 * signals and iterators would be the larger part of the work of a request.
 */
export class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #address: string;
  readonly #sink: AnswerSink;
  readonly #answer = Promise.withResolvers<AnswerHead>();
  #controller: Dispatcher.DispatchController | undefined;
  #head: AnswerHead | undefined;
  #error: Error | undefined;
  #informational = 0;

  /** @param address `host:port`, for errors */
  constructor(address: string, sink: AnswerSink) {
    this.#address = address;
    this.#sink = sink;
    this.#answer.promise.catch(() => {}); // several may fail, and one is told
  }

  /** Resolves at the end of the body. */
  get answer(): Promise<AnswerHead> {
    return this.#answer.promise;
  }

  /** Ends the request now, also one that still waits for a connection. */
  readonly fail = (error: Error): void => {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#answer.reject(error);
    this.#sink.fail?.(error);
    this.#controller?.abort(error);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#error !== undefined) controller.abort(this.#error);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: AnswerHead['headers']): void {
    if (status < 200) return this.#countInformational();
    this.#head = { status, headers };
    const flow = { pause: () => controller.pause(), resume: () => controller.resume(), fail: this.fail };
    this.#guard(() => this.#sink.begin({ status, headers }, flow));
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    if (this.#error === undefined) this.#guard(() => this.#sink.take(part));
  }

  onResponseEnd(): void {
    if (this.#head === undefined) return;
    this.#sink.end?.();
    this.#answer.resolve(this.#head);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  #countInformational(): void {
    this.#informational += 1;
    if (this.#informational <= MAXIMUM_INFORMATIONAL_ANSWERS) return;
    const problem = message('ClusterResponseInvalid.informational', { limit: MAXIMUM_INFORMATIONAL_ANSWERS });
    this.fail(new NautesError('ClusterResponseInvalid', { address: this.#address, problem }));
  }

  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.fail(asError(error));
    }
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
