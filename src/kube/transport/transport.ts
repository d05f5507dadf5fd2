import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Agent, Dispatcher } from 'undici';
import { ConcurrencyLimit } from '../../base/async/concurrency.ts';
import { NautesError } from '../../errors/errors.ts';
import { clusterAnswers } from './answer-budget.ts';
import { AnswerHandler, type AnswerHead, type AnswerSink } from './answer-handler.ts';
import { checkShape } from './answer-limits.ts';
import { type AnswerContext, type PipelinedRead, ReadAnswer, StreamedAnswer, WholeAnswer } from './answer-sinks.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Connections } from './connections.ts';
import { Deadline } from './deadline.ts';
import { networkErrorOf } from './network-error.ts';
import { defaultTransportLimits, type TransportLimits, type TransportOptions } from './options.ts';
import { TRAFFIC_WINDOW_MILLISECONDS, TrafficCounter } from './traffic-counter.ts';

/** Text, or bytes in parts that are sent one after the other. */
export type EncodedBody = string | readonly Uint8Array[];

export interface TransportRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Path below the server's own, and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: EncodedBody;
  /** Bytes of the answer; of one that is no success `MAXIMUM_STATUS_BYTES` in any case. */
  readonly maximumResponse?: number;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Bytes of the body. */
  readonly size: number;
}

/** An answer as it came. */
export interface AnswerBytes extends AnswerHead {
  readonly bytes: Buffer;
}

/** How long a streamed answer may take, in milliseconds. */
export interface StreamLimits {
  /** From its beginning to its end. */
  readonly duration: number;
  /** Between two parts of it. */
  readonly silence: number;
}

/** One request under way, or several reads at once. */
interface Exchange {
  readonly caller: AbortSignal;
  readonly deadline: Deadline;
  readonly handlers: AnswerHandler[];
}

/**
 * HTTP to one API server: own connections, bounded concurrency, deadlines, size limits, no redirects,
 * and every failure as a NautesError. Holds no connection and no TLS state while nothing is asked of it.
 */
export class Transport {
  readonly address: string;
  readonly #origin: string;
  /** Of the server; empty for most. */
  readonly #path: string;
  readonly #options: TransportOptions;
  readonly #limits: TransportLimits;
  readonly #concurrency: ConcurrencyLimit;
  readonly #breaker: CircuitBreaker;
  readonly #connections: Connections;
  readonly #context: AnswerContext;
  readonly #traffic = new TrafficCounter();
  #active = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: TransportOptions) {
    const url = new URL(options.server);
    this.address = url.port === '' ? `${url.hostname}:443` : url.host;
    this.#origin = url.origin;
    this.#path = url.pathname.replace(/\/$/, '');
    this.#options = options;
    this.#limits = { ...defaultTransportLimits, ...options.limits };
    this.#concurrency = new ConcurrencyLimit(this.#limits.concurrency);
    this.#breaker = new CircuitBreaker(this.address, this.#limits.longestPause);
    this.#connections = new Connections(options, this.#limits);
    this.#context = {
      address: this.address,
      budget: options.answers ?? clusterAnswers,
      onAnswer: () => this.#breaker.succeeded(), // whatever it says: it is an answer
      onBytes: (count) => this.#countTraffic(count),
    };
  }

  /** Sends a request and reads the whole answer, whatever its status. */
  async request(request: TransportRequest, signal: AbortSignal): Promise<TransportResponse> {
    const answer = await this.requestBytes(request, signal);
    checkShape(answer.bytes, this.address);
    return answerOf(answer);
  }

  /** As {@link request}, for an answer that may not be parsed at all: whether it may be is for the caller to check. */
  async requestBytes(request: TransportRequest, signal: AbortSignal): Promise<AnswerBytes> {
    return await this.#concurrency.run(async () => {
      const answer = new WholeAnswer(this.#context, request.maximumResponse ?? this.#limits.maximumResponse);
      const head = await this.#exchange(signal, this.#limits.requestTimeout, async (exchange) => {
        const whole = await this.#dispatch(exchange, this.#connections.for('requests'), request, answer);
        // undici has the connection ready for the next request in a later turn, and need not open another
        await (this.#options.turn?.() ?? nextTurn());
        return whole;
      });
      return { ...head, bytes: answer.bytes };
    }, signal);
  }

  /**
   * Sends reads one behind the other on a connection of their own, without waiting for the answers in between (pipelining,
   * RFC 9112, 9.3.2), and gives each part of an answer to its `take`: a fraction of the work of a request by itself.
   * @returns status and headers in the order of the reads; what keeps one of them from being read ends all
   */
  async readAll(reads: readonly PipelinedRead[], signal: AbortSignal): Promise<readonly AnswerHead[]> {
    return await this.#exchange(signal, this.#limits.requestTimeout, async (exchange) => {
      const agent = this.#connections.for('reads');
      const answers = reads.map((read) =>
        this.#dispatch(exchange, agent, readRequest(read), new ReadAnswer(this.#context, read)),
      );
      return await Promise.all(answers);
    });
  }

  /**
   * Sends a request whose answer comes bit by bit. Of a success each part is given to `consume` and the body is empty;
   * any other answer is read as a whole.
   */
  async stream(
    request: TransportRequest,
    limits: StreamLimits,
    consume: (part: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    return await this.#exchange(signal, limits.duration, async (exchange) => {
      const answer = new StreamedAnswer(this.#context, consume);
      const agent = this.#connections.for('streams');
      const head = await this.#dispatch(exchange, agent, { ...request, bodyTimeout: limits.silence }, answer);
      const { bytes } = answer;
      checkShape(bytes, this.address);
      return answerOf({ ...head, bytes });
    });
  }

  /** Ends all connections and requests at once. */
  close(): void {
    this.#closed = true;
    this.#drop();
  }

  /** Runs what sends requests within the time; when it ends, all of them have. */
  async #exchange<T>(signal: AbortSignal, milliseconds: number, send: (exchange: Exchange) => Promise<T>): Promise<T> {
    const exchange = this.#begin(signal, milliseconds);
    try {
      return await send(exchange);
    } catch (error) {
      endAll(exchange.handlers, new NautesError('ClusterConnectionClosed')); // the others of them
      throw this.#failure(error, exchange);
    } finally {
      if (exchange.deadline.clear()) this.#ended();
    }
  }

  #begin(caller: AbortSignal, milliseconds: number): Exchange {
    caller.throwIfAborted();
    if (this.#closed) throw new NautesError('ClusterConnectionClosed');
    this.#options.admit?.();
    this.#breaker.admit();
    this.#active += 1;
    clearTimeout(this.#idleTimer);
    const handlers: AnswerHandler[] = [];
    const deadline = new Deadline(caller, milliseconds, (reason) => endAll(handlers, reason));
    return { caller, deadline, handlers };
  }

  #ended(): void {
    this.#active -= 1;
    if (this.#active > 0) return;
    this.#idleTimer = setTimeout(() => this.#drop(), this.#limits.idleTimeout);
    this.#idleTimer.unref();
  }

  #dispatch(exchange: Exchange, agent: Agent, request: DispatchedRequest, sink: AnswerSink): Promise<AnswerHead> {
    const handler = new AnswerHandler(this.address, sink);
    exchange.handlers.push(handler);
    const { method, path, body, headers, bodyTimeout = this.#limits.bodyTimeout, blocking } = request;
    agent.dispatch(
      {
        origin: this.#origin,
        method,
        path: `${this.#path}${path}`,
        headers: { ...this.#ownHeaders(), ...lengthOf(body), ...headers },
        body: bodyOf(body),
        headersTimeout: this.#limits.headersTimeout,
        bodyTimeout,
        ...(blocking === undefined ? {} : { blocking }),
      },
      handler,
    );
    return handler.answer;
  }

  #failure(error: unknown, { caller, deadline }: Exchange): unknown {
    if (caller.aborted) {
      this.#breaker.abandoned();
      return caller.reason;
    }
    if (this.#closed) return new NautesError('ClusterConnectionClosed', {}, { cause: error });
    if (error instanceof NautesError) {
      this.#breaker.abandoned(); // the server is there: the next request may be a trial
      return error;
    }
    this.#breaker.failed();
    const seconds = (deadline.passed ? this.#limits.requestTimeout : secondsOf(error, this.#limits)) / 1000;
    if (deadline.passed) return new NautesError('ClusterTimeout', { address: this.address, seconds }, { cause: error });
    return networkErrorOf(error, this.address, seconds);
  }

  #ownHeaders(): Record<string, string> {
    return { ...this.#authorization(), 'user-agent': this.#options.userAgent?.() ?? 'nautes' };
  }

  /** @throws NautesError `ClusterTrafficTooLarge` */
  #countTraffic(bytes: number): void {
    const limit = this.#context.budget.count(bytes, this.#limits.maximumTraffic);
    if (this.#traffic.add(bytes) <= limit) return;
    const details = { address: this.address, limit, seconds: TRAFFIC_WINDOW_MILLISECONDS / 1000 };
    throw new NautesError('ClusterTrafficTooLarge', details);
  }

  #authorization(): Record<string, string> {
    const material = this.#options.material?.reveal();
    if (material?.kind === 'token') return { authorization: `Bearer ${material.token}` };
    if (material?.kind !== 'basic') return {};
    const pair = Buffer.from(`${material.username}:${material.password}`).toString('base64');
    return { authorization: `Basic ${pair}` };
  }

  #drop(): void {
    clearTimeout(this.#idleTimer);
    this.#connections.drop();
  }
}

/** As it is given to undici. */
interface DispatchedRequest extends TransportRequest {
  /** Milliseconds between two parts of the answer. */
  readonly bodyTimeout?: number;
  /** Whether the next request waits for the answer. */
  readonly blocking?: boolean;
}

function readRequest({ path, headers }: PipelinedRead): DispatchedRequest {
  return { method: 'GET', path, headers, blocking: false };
}

function endAll(handlers: readonly AnswerHandler[], reason: unknown): void {
  const error = reason instanceof Error ? reason : new Error('aborted', { cause: reason });
  for (const handler of handlers) handler.fail(error);
}

function answerOf({ status, headers, bytes }: AnswerBytes): TransportResponse {
  return { status, headers, body: bytes.toString('utf8'), size: bytes.length };
}

/** Without it, a body in parts would be sent in chunks of unknown number. */
function lengthOf(body: EncodedBody | undefined): Record<string, string> {
  if (body === undefined || typeof body === 'string') return {};
  return { 'content-length': String(body.reduce((sum, part) => sum + part.byteLength, 0)) };
}

/** undici takes any iterable of bytes for a body, which its types do not say. */
function bodyOf(body: EncodedBody | undefined): string | Readable | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : (body as unknown as Readable);
}

function secondsOf(error: unknown, limits: TransportLimits): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'UND_ERR_HEADERS_TIMEOUT') return limits.headersTimeout;
  return code === 'UND_ERR_BODY_TIMEOUT' ? limits.bodyTimeout : limits.connectTimeout;
}
