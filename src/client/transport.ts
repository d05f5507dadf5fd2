import { peerTrust } from '../base/tls/peer-trust.ts';
import { defined } from '../base/defined.ts';
import type { Agent, IncomingMessage, RequestOptions } from 'node:http';
import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { message } from '../messages/message.ts';
import { connectionError } from './connection-error.ts';
import {
  LIST_REPLY_LIMITS,
  readWithin,
  ReplyLimitExceeded,
  type ReplyLimits,
  SMALL_REPLY_LIMITS,
} from './reply-limits.ts';

/** A response whose body has been read. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface TransportOptions {
  /** As {@link serverAddress} gives it. */
  readonly server: string;
  /** PEM of the only trusted authorities; those of Node when absent. */
  readonly certificateAuthority?: string;
  readonly userAgent: string;
  /** Language of messages in replies, as in `Accept-Language`; the server's default when absent. */
  readonly language?: string;
  /** How long an answer may take as a whole, in milliseconds; default {@link ANSWER_LIMIT}. */
  readonly answerMilliseconds?: number;
}

export interface SendOptions {
  readonly method: string;
  /** Begins with a slash; percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of a reply with status 200; all others are read as errors. */
  readonly limits?: ReplyLimits;
  readonly signal: AbortSignal;
}

/** How long a server may take to answer, in milliseconds: a save queries the cluster first. */
const ANSWER_LIMIT = 120_000;
/** A stream without even a comment for this long is dead, in milliseconds; the server sends one every 15 seconds. */
const STREAM_IDLE_LIMIT = 60_000;
const MAXIMUM_CONNECTIONS = 8;

/** Loaded with the first connection: a command that sends no request starts faster. */
const http = () => process.getBuiltinModule('node:http');
const https = () => process.getBuiltinModule('node:https');

/**
 * HTTP to one server, with node:http because it loads fastest. Redirects are not followed: they could turn a
 * DELETE into a GET, and send the token to another host.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #agent: Agent;
  readonly #common: Readonly<Record<string, string>>;
  readonly #target: URL;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#target = new URL(options.server);
    this.#common = { 'user-agent': options.userAgent, ...defined({ 'accept-language': options.language }) };
    const { certificateAuthority: ca } = options;
    const common = { keepAlive: true, maxSockets: MAXIMUM_CONNECTIONS, ...proxyOf(this.#target) };
    this.#agent = this.#isSecure
      ? new (https().Agent)({ ...common, ...peerTrust(ca === undefined ? undefined : [ca]) })
      : new (http().Agent)(common);
  }

  get #answerLimit(): number {
    return this.#options.answerMilliseconds ?? ANSWER_LIMIT;
  }

  get server(): string {
    return this.#options.server;
  }

  /** @throws NautesError when no answer came; any status is an answer */
  async send(options: SendOptions): Promise<Answer> {
    const signal = withDeadline(options.signal, this.#answerLimit);
    try {
      const response = await this.#open({ ...options, signal });
      return await this.#answer(response, options.limits);
    } catch (error) {
      throw this.#failure(error, options.signal, signal);
    }
  }

  /** A response whose body is streamed, or the answer of a server that does not stream. */
  async stream(options: SendOptions): Promise<IncomingMessage | Answer> {
    const answered = new AbortController();
    const limit = setTimeout(() => answered.abort(new DOMException('late', 'TimeoutError')), this.#answerLimit);
    try {
      const response = await this.#open({ ...options, signal: AbortSignal.any([options.signal, answered.signal]) });
      if (response.statusCode !== 200) return await this.#answer(response, options.limits);
      response.setTimeout(STREAM_IDLE_LIMIT, () => response.destroy());
      return response;
    } catch (error) {
      throw this.#failure(error, options.signal, answered.signal);
    } finally {
      clearTimeout(limit);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #answer(response: IncomingMessage, limits = LIST_REPLY_LIMITS): Promise<Answer> {
    const status = response.statusCode ?? 0;
    const text = await readWithin(response, status === 200 ? limits : SMALL_REPLY_LIMITS);
    return { status, headers: headersOf(response), text };
  }

  get #isSecure(): boolean {
    return this.#target.protocol === 'https:';
  }

  #open({ method, path, headers = {}, body, signal }: SendOptions): Promise<IncomingMessage> {
    const content = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const { hostname, port, pathname } = this.#target;
    const options: RequestOptions = {
      method,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      ...(port === '' ? {} : { port }),
      path: `${pathname.replace(/\/$/, '')}${path}`, // verbatim: a URL would resolve the name ".."
      agent: this.#agent,
      signal,
      headers: { ...this.#common, ...headers, ...content },
    };
    return new Promise((resolve, reject) => {
      const request = (this.#isSecure ? https() : http()).request(options, resolve);
      request.once('error', reject);
      request.end(body);
    });
  }

  #failure(error: unknown, given: AbortSignal, limited: AbortSignal): unknown {
    if (given.aborted) return given.reason;
    if (error instanceof NautesError) return error;
    if (error instanceof ReplyLimitExceeded) return limitError(this.server, error);
    if (limited.aborted) {
      return new NautesError('ServerAnswersLate', { server: this.server, seconds: this.#answerLimit / 1000 });
    }
    return connectionError(this.server, error);
  }
}

/** HTTPS_PROXY and the like, as in curl and kubectl; never for loopback. */
function proxyOf({ hostname }: URL): { readonly proxyEnv?: NodeJS.ProcessEnv } {
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return isLocal ? {} : { proxyEnv: process.env };
}

function headersOf(response: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

/** A reply that is larger than any of its kind can be. */
export function limitError(server: string, exceeded: ReplyLimitExceeded): NautesError {
  const { limit, limits } = exceeded;
  const problem =
    limit === 'bytes'
      ? message('File.tooLarge', { limit: limits.bytes })
      : message(`Answer.${limit}`, { limit: limits[limit] });
  return new NautesError('ServerAnswerUnclear', { server, problem }, { cause: exceeded });
}
