import { peerTrust } from '../base/tls/peer-trust.ts';
import { defined } from '../base/defined.ts';
import type { Agent, IncomingMessage, RequestOptions } from 'node:http';
import { NautesError } from '../errors/errors.ts';
import { withDeadline } from '../base/async/timing.ts';
import { connectionError } from './connection-error.ts';

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
}

export interface SendOptions {
  readonly method: string;
  /** Begins with a slash; percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** How long a server may take to answer, in milliseconds: a save queries the cluster first. */
const ANSWER_LIMIT = 120_000;
/** A stream without even a comment for this long is dead, in milliseconds; the server sends one every 15 seconds. */
const STREAM_IDLE_LIMIT = 60_000;
const MAXIMUM_ANSWER_BYTES = 64 * 1024 * 1024;
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

  get server(): string {
    return this.#options.server;
  }

  /** @throws NautesError when no answer came; any status is an answer */
  async send(options: SendOptions): Promise<Answer> {
    const signal = withDeadline(options.signal, ANSWER_LIMIT);
    try {
      const message = await this.#open({ ...options, signal });
      return { status: message.statusCode ?? 0, headers: headersOf(message), text: await readText(message) };
    } catch (error) {
      throw this.#failure(error, options.signal, signal);
    }
  }

  /** The rest of an open response. @throws Error when it is longer than any answer may be */
  rest(message: IncomingMessage): Promise<string> {
    return readText(message);
  }

  /** A response whose body is streamed. */
  async stream(options: SendOptions): Promise<IncomingMessage> {
    const answered = new AbortController();
    const limit = setTimeout(() => answered.abort(new DOMException('late', 'TimeoutError')), ANSWER_LIMIT);
    try {
      const message = await this.#open({ ...options, signal: AbortSignal.any([options.signal, answered.signal]) });
      message.setTimeout(STREAM_IDLE_LIMIT, () => message.destroy());
      return message;
    } catch (error) {
      throw this.#failure(error, options.signal, answered.signal);
    } finally {
      clearTimeout(limit);
    }
  }

  close(): void {
    this.#agent.destroy();
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
    if (limited.aborted) {
      return new NautesError('ServerAnswersLate', { server: this.server, seconds: ANSWER_LIMIT / 1000 });
    }
    return connectionError(this.server, error);
  }
}

/** HTTPS_PROXY and the like, as in curl and kubectl; never for loopback. */
function proxyOf({ hostname }: URL): { readonly proxyEnv?: NodeJS.ProcessEnv } {
  const isLocal = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return isLocal ? {} : { proxyEnv: process.env };
}

function headersOf(message: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
