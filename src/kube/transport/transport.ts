import { defined } from '../../base/defined.ts';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { throughProxy } from '../../base/network/tunnel.ts';
import { checkAlternativeNames } from '../../base/tls/alternative-names.ts';
import { peerTrust } from '../../base/tls/peer-trust.ts';
import type { Secret } from '../../base/secret.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { type AddressPolicy, guardedLookup, hostProblem, proxiedHostProblem } from './address.ts';
import { CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS, CircuitBreaker } from './circuit-breaker.ts';
import { ConcurrencyLimit } from '../../base/async/concurrency.ts';
import { Deadline } from './deadline.ts';
import { networkErrorOf } from './network-error.ts';
import { AnswerReader, checkShape, MAXIMUM_OBJECT_BYTES, MAXIMUM_STATUS_BYTES } from './answer-limits.ts';
import { type AnswerBudget, clusterAnswers } from './answer-budget.ts';
import { type AnswerHead, MAXIMUM_INFORMATIONAL_ANSWERS, type PipelinedRead, ReadHandler } from './pipelined-read.ts';
import type { TlsSessions } from './tls-sessions.ts';
import { TRAFFIC_WINDOW_MILLISECONDS, TrafficCounter } from './traffic-counter.ts';

/** Limits of the traffic with one cluster. Times in milliseconds. */
export interface TransportLimits {
  /** TCP and TLS together. */
  readonly connectTimeout: number;
  /** From the request to the headers of the answer; admission webhooks may take 30 s. */
  readonly headersTimeout: number;
  /** Between two parts of a body. */
  readonly bodyTimeout: number;
  /** A whole request. */
  readonly requestTimeout: number;
  /** Bytes of an answer, unless its request says fewer. */
  readonly maximumResponse: number;
  /** Bytes of all answers within {@link TRAFFIC_WINDOW_MILLISECONDS}. */
  readonly maximumTraffic: number;
  /** Requests at a time; a real API server gains nothing above. */
  readonly concurrency: number;
  /** Connections and what belongs to them are given up after so long without a request. */
  readonly idleTimeout: number;
  /** The longest pause before a server that did not answer several times is asked again. */
  readonly longestPause: number;
}

export const defaultTransportLimits: TransportLimits = {
  connectTimeout: 10_000,
  headersTimeout: 40_000,
  bodyTimeout: 30_000,
  requestTimeout: 60_000,
  maximumResponse: MAXIMUM_OBJECT_BYTES,
  maximumTraffic: 256 * 1024 * 1024,
  concurrency: 6,
  idleTimeout: 3_000,
  longestPause: CIRCUIT_MAXIMUM_PAUSE_MILLISECONDS,
};

export interface TransportOptions {
  /** `https://host[:port][/path]` as `parseApiServer` gives it. */
  readonly server: string;
  /** PEM; empty for those of the address policy, else Node's. */
  readonly certificateAuthority: string;
  /** Name to verify the server's certificate against, when it is not the host. */
  readonly tlsServerName?: string;
  /** Without one, requests are anonymous. */
  readonly material: Secret<CredentialMaterial> | undefined;
  readonly addresses: AddressPolicy;
  readonly limits?: Partial<TransportLimits>;
  /** Shared with other peers; default: that of all clusters that are registered. */
  readonly answers?: AnswerBudget;
  /** What is kept of the server's TLS sessions when its connections end. Default: nothing is. */
  readonly sessions?: TlsSessions;
  /** Asked before each request is sent; what it throws is what the request ends with. */
  readonly admit?: () => void;
  /** Awaited when an answer is there, before it is handed on. */
  readonly turn?: () => Promise<void>;
  /** What the API server logs of us; asked before each request. Default: `nautes`. */
  readonly userAgent?: () => string;
}

/** Text, or bytes in parts that are sent one after the other. */
export type EncodedBody = string | readonly Uint8Array[];

export interface TransportRequest {
  readonly method: Dispatcher.HttpMethod;
  /** Path below the server's own, and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: EncodedBody;
  /** Bytes of the answer; of one that is no success {@link MAXIMUM_STATUS_BYTES} in any case. */
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

/** Connections for streams, besides those of {@link TransportLimits.concurrency}. */
const STREAM_CONNECTIONS = 16;

/** Requests that are sent before the first of them is answered. */
const PIPELINED_REQUESTS = 64;

/** One request under way. */
interface Exchange {
  readonly agent: Agent;
  readonly caller: AbortSignal;
  readonly deadline: Deadline;
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
  #agent: Agent | undefined;
  #streamAgent: Agent | undefined;
  #readAgent: Agent | undefined;
  /** undici ends connections, but not attempts at one. */
  readonly #connecting = new Set<Socket>();
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
      const exchange = this.#begin(signal);
      try {
        const response = await this.#dispatch(exchange, request);
        const bytes = await this.#read(response, this.#limitOf(request, response.statusCode), exchange.deadline.signal);
        await nextTurn(); // undici has the connection ready for the next request then, and need not open another
        await this.#options.turn?.();
        return { status: response.statusCode, headers: response.headers, bytes };
      } catch (error) {
        throw this.#failure(error, exchange);
      } finally {
        this.#end(exchange);
      }
    }, signal);
  }

  /**
   * Sends reads one behind the other on a connection of their own, without waiting for the answers in between (pipelining,
   * RFC 9112, 9.3.2), and gives each part of an answer to its `take`: a fraction of the work of a request by itself.
   * @returns status and headers in the order of the reads; what keeps one of them from being read ends all
   */
  async readAll(reads: readonly PipelinedRead[], signal: AbortSignal): Promise<readonly AnswerHead[]> {
    this.#readAgent ??= this.#newAgent(1, PIPELINED_REQUESTS);
    const exchange = { ...this.#begin(signal), agent: this.#readAgent };
    const { deadline } = exchange;
    try {
      const answers = reads.map((read) => this.#readOne(exchange, read));
      return await Promise.race([Promise.all(answers), deadline.passing]);
    } catch (error) {
      deadline.fail(new NautesError('ClusterConnectionClosed')); // the others of them
      throw this.#failure(error, exchange);
    } finally {
      this.#end(exchange);
    }
  }

  #readOne({ agent, deadline }: Exchange, read: PipelinedRead): Promise<AnswerHead> {
    const { headersTimeout, bodyTimeout } = this.#limits;
    const handler = new ReadHandler(read, deadline.signal, {
      onAnswer: () => this.#breaker.succeeded(),
      onBytes: (count) => this.#countTraffic(count),
      tooManyInformational: () => this.#tooManyInformational(),
      tooLarge: (limit) => new NautesError('ClusterResponseTooLarge', { address: this.address, limit }),
    });
    const path = `${this.#path}${read.path}`;
    const headers = { ...this.#ownHeaders(), ...read.headers };
    const limits = { headersTimeout, bodyTimeout, blocking: false };
    agent.dispatch({ origin: this.#origin, method: 'GET', path, headers, ...limits }, handler);
    return handler.answer;
  }

  #ownHeaders(): Record<string, string> {
    return { ...this.#authorization(), 'user-agent': this.#options.userAgent?.() ?? 'nautes' };
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
    this.#streamAgent ??= this.#newAgent(STREAM_CONNECTIONS);
    const exchange = { ...this.#begin(signal, limits.duration), agent: this.#streamAgent };
    try {
      const response = await this.#dispatch(exchange, request, limits.silence);
      const isSuccess = response.statusCode >= 200 && response.statusCode < 300;
      if (isSuccess) {
        for await (const part of response.body as AsyncIterable<Uint8Array>) {
          this.#countTraffic(part.length);
          consume(part);
        }
      }
      const bytes = isSuccess
        ? Buffer.alloc(0)
        : await this.#read(response, MAXIMUM_STATUS_BYTES, exchange.deadline.signal);
      checkShape(bytes, this.address);
      return answerOf({ status: response.statusCode, headers: response.headers, bytes });
    } catch (error) {
      throw this.#failure(error, exchange);
    } finally {
      this.#end(exchange);
    }
  }

  /** Ends all connections and requests at once. */
  close(): void {
    this.#closed = true;
    this.#dropAgent();
  }

  #begin(signal: AbortSignal, milliseconds = this.#limits.requestTimeout): Exchange {
    signal.throwIfAborted();
    if (this.#closed) throw new NautesError('ClusterConnectionClosed');
    this.#options.admit?.();
    this.#breaker.admit();
    this.#active += 1;
    clearTimeout(this.#idleTimer);
    this.#agent ??= this.#newAgent(this.#limits.concurrency);
    return { agent: this.#agent, caller: signal, deadline: new Deadline(signal, milliseconds) };
  }

  #end({ deadline }: Exchange): void {
    if (!deadline.clear()) return;
    this.#active -= 1;
    if (this.#active === 0) this.#scheduleIdle();
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

  async #dispatch(
    { agent, deadline }: Exchange,
    request: TransportRequest,
    bodyTimeout = this.#limits.bodyTimeout,
  ): Promise<Dispatcher.ResponseData> {
    let informational = 0;
    const answer = agent.request({
      origin: this.#origin,
      method: request.method,
      path: `${this.#path}${request.path}`,
      headers: {
        ...this.#ownHeaders(),
        ...lengthOf(request.body),
        ...request.headers,
      },
      body: bodyOf(request.body),
      headersTimeout: this.#limits.headersTimeout,
      bodyTimeout,
      signal: deadline.signal,
      onInfo: () => {
        informational += 1;
        if (informational > MAXIMUM_INFORMATIONAL_ANSWERS) deadline.fail(this.#tooManyInformational());
      },
    });
    const response = await Promise.race([answer, deadline.passing]); // undici looks at the signal once it is connected
    this.#breaker.succeeded(); // whatever it says: it is an answer
    if (response.statusCode >= 300 && response.statusCode < 400 && response.statusCode !== 304) {
      response.body.on('error', () => {}).destroy();
      throw new NautesError('ClusterRedirects', { address: this.address, status: response.statusCode });
    }
    return response;
  }

  #tooManyInformational(): NautesError {
    const problem = message('ClusterResponseInvalid.informational', { limit: MAXIMUM_INFORMATIONAL_ANSWERS });
    return new NautesError('ClusterResponseInvalid', { address: this.address, problem });
  }

  #limitOf({ maximumResponse }: TransportRequest, status: number): number {
    const limit = maximumResponse ?? this.#limits.maximumResponse;
    return status >= 400 ? Math.min(limit, MAXIMUM_STATUS_BYTES) : limit;
  }

  async #read(response: Dispatcher.ResponseData, limit: number, signal: AbortSignal): Promise<Buffer> {
    const { address } = this;
    const { answers: budget = clusterAnswers } = this.#options;
    const announced = Number(response.headers['content-length'] ?? 0);
    const answer = new AnswerReader({ address, limit, budget, onBytes: (count) => this.#countTraffic(count) });
    if (announced > limit) {
      response.body.on('error', () => {}).destroy();
      throw answer.tooLarge();
    }
    return await answer.read(response.body, signal);
  }

  /** @throws NautesError `ClusterTrafficTooLarge` */
  #countTraffic(bytes: number): void {
    const limit = (this.#options.answers ?? clusterAnswers).count(bytes, this.#limits.maximumTraffic);
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

  #newAgent(connections: number, pipelining = 1): Agent {
    return new Agent({
      connections,
      pipelining,
      allowH2: false, // no faster with a real API server, and undici's streams can outlive those who would hear their errors
      connect: pipelining === 1 ? this.#connector() : writingAtOnce(this.#connector()),
      keepAliveTimeout: this.#limits.idleTimeout,
    });
  }

  #connector(): buildConnector.connector {
    const { addresses, server, tlsServerName, sessions } = this.#options;
    const port = Number(new URL(server).port || '443');
    const connect = buildConnector({
      allowH2: false,
      secureContext: this.#secureContext(),
      timeout: this.#limits.connectTimeout,
      lookup: guardedLookup(addresses, port),
      ...defined({ servername: tlsServerName, session: sessions?.current }),
      rejectUnauthorized: true,
      checkServerIdentity: checkAlternativeNames,
    });
    const guarded: buildConnector.connector = (options, callback) => {
      const problem = hostProblem(options.hostname, addresses, port);
      if (problem !== undefined) return callback(problem, null);
      const socket: unknown = connect(options, (...result) => {
        if (socket instanceof Socket) this.#connecting.delete(socket);
        callback(...result);
      });
      if (socket instanceof Socket) this.#connecting.add(socket);
      if (socket instanceof TLSSocket) sessions?.follow(socket);
    };
    if (addresses.proxy === undefined) return guarded;
    return throughProxy(guarded, {
      choose: addresses.proxy,
      timeoutMilliseconds: this.#limits.connectTimeout,
      admit: (hostname) => proxiedHostProblem(hostname, addresses, port),
    });
  }

  /** Made once for all connections: parsing the certificates is the costly part. */
  #secureContext(): SecureContext {
    const { certificateAuthority, material, addresses } = this.#options;
    const client = material?.reveal();
    const authorities = certificateAuthority === '' ? addresses.authorities : [certificateAuthority];
    return createSecureContext({
      ...peerTrust(authorities),
      ...(client?.kind === 'clientCertificate' ? { cert: client.certificate, key: client.privateKey } : {}),
    });
  }

  #scheduleIdle(): void {
    this.#idleTimer = setTimeout(() => this.#dropAgent(), this.#limits.idleTimeout);
    this.#idleTimer.unref();
  }

  #dropAgent(): void {
    clearTimeout(this.#idleTimer);
    for (const agent of [this.#agent, this.#streamAgent, this.#readAgent]) agent?.destroy(null).catch(() => {}); // no caller waits for it
    this.#agent = undefined;
    this.#streamAgent = undefined;
    this.#readAgent = undefined;
    for (const socket of this.#connecting) socket.destroy(new NautesError('ClusterConnectionClosed'));
    this.#connecting.clear();
  }
}

/** The requests that wait for a connection are written as one. */
function writingAtOnce(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      socket?.cork();
      callback(...result);
      process.nextTick(() => socket?.uncork());
    });
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
