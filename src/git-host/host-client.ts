import { noProxy, type ProxyChoice } from '../base/network/proxy.ts';
import { throughProxy } from '../base/network/tunnel.ts';
import { peerTrust } from '../base/tls/peer-trust.ts';
import { networkProblem } from '../errors/network-problem.ts';
import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { isAbort, NautesError } from '../errors/errors.ts';
import { sha256 } from '../base/hash.ts';
import { SlidingWindowLimiter } from '../base/async/sliding-window-limiter.ts';
import { exceededJsonLimit, type JsonLimits } from '../base/network/json-shape.ts';
import { retryAfter } from '../base/network/retry-after.ts';
import type { Secret } from '../base/secret.ts';
import { sleep, untilAborted, withDeadline } from '../base/async/timing.ts';

/** Limits for requests to a Git server's API. Times in milliseconds. */
export interface HostClientLimits {
  readonly connectTimeout: number;
  /** One request with its response. */
  readonly requestTimeout: number;
  /** Maximum size of a response, in bytes. */
  readonly maximumResponse: number;
  /** Concurrent requests. */
  readonly concurrency: number;
  /** How long a request may wait for the rate limit, or for the server's Retry-After. */
  readonly patience: number;
  /** Delay before the one retry after a network or server error. */
  readonly retryDelay: number;
}

export const defaultHostClientLimits: HostClientLimits = {
  connectTimeout: 5000,
  requestTimeout: 10_000,
  maximumResponse: 1024 * 1024,
  concurrency: 8,
  patience: 2000,
  retryDelay: 250,
};

export interface HostClientOptions {
  /** `https://host[:port][/path]`, without a trailing slash. */
  readonly url: string;
  /** For messages, e.g. `GitLab`. */
  readonly host: string;
  /** PEM of all trusted authorities; absent: those that Node trusts. */
  readonly certificateAuthorities?: readonly string[];
  /** Absent: never a proxy. */
  readonly proxy?: ProxyChoice;
  /** Requests in any minute; more are rejected with the time to wait. */
  readonly requestsPerMinute: number;
  readonly limits?: Partial<HostClientLimits>;
}

/** How a request authenticates. */
export type HostAuthorization =
  | { readonly kind: 'bearer'; readonly token: Secret }
  | { readonly kind: 'basic'; readonly username: string; readonly password: Secret };

/** A form as the body of a POST, percent-encoded. */
interface HostForm {
  readonly kind: 'form';
  readonly content: Secret;
}

/** A response. Responses that concern the caller or the request are returned whatever their status. */
export interface HostReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body; `undefined` when it is not JSON. */
  readonly json: unknown;
  /** The body; for matching, never for display. */
  readonly text: string;
}

/** Depth and number of values of an answer of a Git server. */
const ANSWER_JSON_LIMITS: JsonLimits = { depth: 32, values: 50_000 };

/** Tokens whose rate limits are remembered. */
const MAXIMUM_SHARES = 1000;

/** Statuses that a retry may cure. */
const PASSING = new Set([409, 500, 502, 503, 504]);

/**
 * Reads from the API of a Git server: bounded in time, size and rate, no redirects, no token in errors. Network and
 * server errors are retried once; after a 429 nothing is sent with the same token before the time
 * that the server gave.
 */
export class HostClient {
  readonly url: string;
  readonly host: string;
  readonly #agent: Agent;
  readonly #limits: HostClientLimits;
  readonly #perMinute: number;
  readonly #budget: SlidingWindowLimiter;
  /** One token may use half of the limit, so that no caller uses up that of the others. */
  readonly #shares = new Map<string, SlidingWindowLimiter>();
  /** Until when a token is throttled, by the monotonic clock: servers limit each user separately. */
  readonly #pauses = new Map<string, number>();

  constructor(options: HostClientOptions) {
    this.url = options.url;
    this.host = options.host;
    this.#limits = { ...defaultHostClientLimits, ...options.limits };
    this.#perMinute = options.requestsPerMinute;
    this.#budget = new SlidingWindowLimiter(options.requestsPerMinute);
    const { certificateAuthorities: authorities, proxy: choose = noProxy } = options;
    const timeout = this.#limits.connectTimeout;
    const connect = buildConnector({ timeout, allowH2: false, ...peerTrust(authorities), rejectUnauthorized: true });
    this.#agent = new Agent({
      connections: this.#limits.concurrency,
      allowH2: false,
      connect: throughProxy(connect, { choose, timeoutMilliseconds: timeout }),
    });
  }

  /**
   * @param path below the URL, with its query; its parts are encoded by the caller
   * @throws NautesError `GitHostUnavailable`, `GitHostThrottled`, `GitHostBudgetSpent`, `GitHostRedirects`,
   *   `GitHostInvalid`
   */
  async get(path: string, authorization: HostAuthorization, signal: AbortSignal): Promise<HostReply> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(path, authorization, signal);
      } catch (error) {
        signal.throwIfAborted();
        const passes = error instanceof NautesError && error.reason === 'GitHostUnavailable';
        if (!passes || attempt > 1) throw error;
        await sleep(this.#limits.retryDelay, signal);
      }
    }
  }

  /**
   * Sends a form, once and without a token of a caller, for the exchange of a code of OAuth.
   * @throws NautesError as of {@link get}
   */
  async sendForm(path: string, form: Secret, signal: AbortSignal): Promise<HostReply> {
    return await this.#attempt(path, { kind: 'form', content: form }, signal);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #attempt(path: string, sent: HostAuthorization | HostForm, signal: AbortSignal): Promise<HostReply> {
    const header = sent.kind === 'form' ? '' : headerOf(sent);
    await this.#admit(header, signal);
    const deadline = withDeadline(signal, this.#limits.requestTimeout);
    let response: Dispatcher.ResponseData;
    let text: string;
    try {
      // undici checks the signal only once it is connected
      response = await untilAborted(this.#send(path, sent.kind === 'form' ? sent : header, deadline), deadline);
      text = await this.#read(response);
    } catch (error) {
      if (signal.aborted || error instanceof NautesError) throw error;
      const problem = isAbort(error) ? message('network.timeout') : networkProblem(error);
      throw new NautesError('GitHostUnavailable', { host: this.host, problem }, { cause: error });
    }
    if (response.statusCode === 429) throw this.#pause(header, response);
    return this.#examine(response, text);
  }

  async #admit(header: string, signal: AbortSignal): Promise<void> {
    const key = sha256(header);
    const pause = (this.#pauses.get(key) ?? 0) - performance.now();
    if (pause > this.#limits.patience) throw this.#throttled(pause);
    if (pause > 0) await sleep(pause, signal);
    for (const budget of [this.#shareOf(key), this.#budget]) {
      const wait = await budget.take(this.#limits.patience, signal);
      if (wait === 0) continue;
      const details = { host: this.host, limit: this.#perMinute };
      throw new NautesError('GitHostBudgetSpent', details, { retryAfterMilliseconds: wait });
    }
  }

  /** The least recently used limits are dropped. */
  #shareOf(key: string): SlidingWindowLimiter {
    const share = this.#shares.get(key) ?? new SlidingWindowLimiter(Math.ceil(this.#perMinute / 2));
    this.#shares.delete(key);
    this.#shares.set(key, share);
    const [oldest] = this.#shares.keys();
    if (this.#shares.size > MAXIMUM_SHARES && oldest !== undefined) this.#shares.delete(oldest);
    return share;
  }

  #pause(header: string, { headers }: Dispatcher.ResponseData): NautesError {
    const now = performance.now();
    for (const [key, until] of this.#pauses) if (until <= now) this.#pauses.delete(key);
    const given = headers['retry-after'];
    const milliseconds = retryAfter(Array.isArray(given) ? given[0] : given);
    this.#pauses.set(sha256(header), now + milliseconds);
    return this.#throttled(milliseconds);
  }

  #send(path: string, sent: string | HostForm, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const request =
      typeof sent === 'string'
        ? { method: 'GET' as const, headers: { authorization: sent } }
        : {
            method: 'POST' as const,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: sent.content.reveal(),
          };
    return this.#agent.request({
      origin: new URL(this.url).origin,
      path: `${new URL(this.url).pathname.replace(/\/$/, '')}${path}`,
      ...request,
      headers: { accept: 'application/json', 'user-agent': 'nautes', ...request.headers },
      headersTimeout: this.#limits.requestTimeout,
      bodyTimeout: this.#limits.requestTimeout,
      signal,
    });
  }

  async #read({ body }: Dispatcher.ResponseData): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > this.#limits.maximumResponse)
        throw this.#invalid(message('GitHostInvalid.tooLarge', { limit: this.#limits.maximumResponse }));
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #examine({ statusCode: status, headers }: Dispatcher.ResponseData, text: string): HostReply {
    if (PASSING.has(status)) {
      const problem = message('GitHostUnavailable.status', { status });
      throw new NautesError('GitHostUnavailable', { host: this.host, problem });
    }
    if (status >= 300 && status < 400) throw new NautesError('GitHostRedirects', { host: this.host, status });
    const json = this.#parse(text);
    if (status === 200 && json === undefined && isJson(headers['content-type']))
      throw this.#invalid(message('GitHostInvalid.brokenJson'));
    return { status, headers, json, text };
  }

  /** @throws NautesError `GitHostInvalid` before a text is parsed that would take too much memory */
  #parse(text: string): unknown {
    const exceeded = exceededJsonLimit(Buffer.from(text), ANSWER_JSON_LIMITS);
    if (exceeded !== undefined)
      throw this.#invalid(message('GitHostInvalid.json', { limit: ANSWER_JSON_LIMITS[exceeded] }));
    return parseJson(text);
  }

  #throttled(milliseconds: number): NautesError {
    return new NautesError('GitHostThrottled', { host: this.host }, { retryAfterMilliseconds: milliseconds });
  }

  #invalid(problem: Message): NautesError {
    return new NautesError('GitHostInvalid', { host: this.host, problem });
  }
}

function headerOf(authorization: HostAuthorization): string {
  if (authorization.kind === 'bearer') return `Bearer ${authorization.token.reveal()}`;
  const { username, password } = authorization;
  return `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
}

function isJson(type: string | string[] | undefined): boolean {
  return typeof type === 'string' && type.includes('json');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
