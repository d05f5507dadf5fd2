import { createSecureContext } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { isAbort, NautesError } from '../errors/errors.ts';
import { networkProblem, proxyProblem } from '../errors/network-problem.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { givenDelay } from '../base/network/retry-after.ts';
import { exceededJsonLimit, type JsonLimits } from '../base/network/json-shape.ts';
import { networkFailure } from '../base/network/network-failure.ts';
import { noProxy, type ProxyChoice } from '../base/network/proxy.ts';
import { throughProxy } from '../base/network/tunnel.ts';
import { peerTrust } from '../base/tls/peer-trust.ts';
import type { Secret } from '../base/secret.ts';
import { untilAborted, withDeadline } from '../base/async/timing.ts';

/** Times in milliseconds. */
export interface VaultLimits {
  /** TCP and TLS connect together. */
  readonly connectTimeout: number;
  /** A whole request. */
  readonly requestTimeout: number;
  /** Maximum size of a response, in bytes. */
  readonly maximumResponse: number;
  /** Concurrent requests. */
  readonly connections: number;
}

export const defaultVaultLimits: VaultLimits = {
  connectTimeout: 5_000,
  requestTimeout: 15_000,
  maximumResponse: 8 * 1024 * 1024,
  connections: 16,
};

/** Depth and number of values of an answer; a list of 100,000 names has so many. */
const ANSWER_JSON_LIMITS: JsonLimits = { depth: 64, values: 200_000 };

/** Redirects of one request; a standby redirects to the active node, which may just have changed. */
const MAXIMUM_REDIRECTS = 3;

export interface VaultTransportOptions {
  /** Origin, see `readVaultAddress`. */
  readonly address: string;
  /** Origins of the other nodes of the same Vault; other redirects are rejected. */
  readonly peers?: readonly string[];
  /** Enterprise, HCP and OpenBao; empty for the root namespace. */
  readonly namespace?: string;
  /** PEM of every trusted authority; absent: Node's. */
  readonly authorities?: readonly string[];
  /** Absent: never a proxy. */
  readonly proxy?: ProxyChoice;
  readonly limits?: Partial<VaultLimits>;
}

export interface VaultRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path below `/v1/`, encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly token?: Secret;
  /** Paths that exist in the root namespace only. */
  readonly inRootNamespace?: boolean;
}

export interface VaultReply {
  readonly status: number;
  /** The JSON body, `undefined` when there is none or, after an error, none that can be parsed. */
  readonly body: unknown;
  /** Milliseconds from Retry-After, if any. */
  readonly retryAfter: number | undefined;
}

/** The request timed out: the cause may be something else than the network. */
export class VaultTimeout extends NautesError<'VaultUnreachable'> {}

/**
 * HTTP to one Vault: verified TLS 1.2 or later, deadlines, size limits, and redirects to its own nodes only, so that
 * the token is sent nowhere else. Every failure is a NautesError that contains nothing of the answer.
 */
export class VaultTransport {
  /** `host:port`, for messages. */
  readonly address: string;
  readonly #origins: readonly [string, ...string[]];
  readonly #namespace: string;
  readonly #limits: VaultLimits;
  readonly #agent: Agent;
  #closed = false;

  constructor(options: VaultTransportOptions) {
    const { address, peers = [], namespace = '', authorities, proxy: choose = noProxy } = options;
    this.address = new URL(address).host;
    this.#origins = [address, ...peers];
    this.#namespace = namespace;
    this.#limits = { ...defaultVaultLimits, ...options.limits };
    const secureContext = createSecureContext(peerTrust(authorities));
    const timeout = this.#limits.connectTimeout;
    const connect = buildConnector({ secureContext, rejectUnauthorized: true, timeout, allowH2: false });
    this.#agent = new Agent({
      allowH2: false,
      connections: this.#limits.connections,
      connect: throughProxy(connect, { choose, timeoutMilliseconds: timeout }),
    });
  }

  /** Sends a request and reads the whole answer, whatever its status. */
  async send(request: VaultRequest, signal: AbortSignal): Promise<VaultReply> {
    signal.throwIfAborted();
    if (this.#closed) throw new NautesError('Closing');
    const deadline = withDeadline(signal, this.#limits.requestTimeout);
    try {
      return await untilAborted(this.#follow(request, deadline), deadline);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failure(error, deadline.aborted);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#agent.destroy();
  }

  async #follow(request: VaultRequest, signal: AbortSignal): Promise<VaultReply> {
    let [origin] = this.#origins;
    for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects += 1) {
      const answer = await this.#dispatch(origin, request, signal);
      const { statusCode: status, headers } = answer;
      if (status < 300 || status >= 400) return { status, ...(await this.#read(answer)) };
      await discard(answer);
      origin = this.#redirectTarget(headers.location);
    }
    throw new NautesError('VaultStandby', { address: this.address }); // nodes that redirect to each other
  }

  #dispatch(origin: string, request: VaultRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { method, path, body, token, inRootNamespace = false } = request;
    const isInNamespace = this.#namespace !== '' && !inRootNamespace;
    return this.#agent.request({
      origin,
      method,
      path: `/v1/${path}`,
      headers: {
        'user-agent': 'nautes',
        'x-vault-request': 'true',
        ...(token === undefined ? {} : { 'x-vault-token': token.reveal() }),
        ...(isInNamespace ? { 'x-vault-namespace': this.#namespace } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
  }

  /** @throws NautesError `VaultRedirectRefused` unless its target is a configured node */
  #redirectTarget(location: string | string[] | undefined): string {
    const text = typeof location === 'string' ? location : '';
    const target = URL.canParse(text) ? new URL(text).origin : '';
    if (this.#origins.includes(target)) return target;
    const targetSaid = target === '' ? message('VaultRedirectRefused.nowhere') : verbatim(target);
    throw new NautesError('VaultRedirectRefused', { address: this.address, target: targetSaid });
  }

  async #read(answer: Dispatcher.ResponseData): Promise<Pick<VaultReply, 'body' | 'retryAfter'>> {
    const text = await this.#text(answer);
    const given = answer.headers['retry-after'];
    const retryAfter = givenDelay(Array.isArray(given) ? given[0] : given);
    return { body: this.#json(text, answer.statusCode < 400), retryAfter };
  }

  async #text(answer: Dispatcher.ResponseData): Promise<string> {
    const limit = this.#limits.maximumResponse;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limit) throw this.#invalid(message('VaultResponseInvalid.tooLarge', { maximum: limit })); // leaving the loop destroys the stream
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #json(text: string, isNeeded: boolean): unknown {
    if (text.trim() === '') return undefined;
    const exceeded = exceededJsonLimit(Buffer.from(text), ANSWER_JSON_LIMITS);
    if (exceeded !== undefined)
      throw this.#invalid(message('VaultResponseInvalid.shape', { limit: ANSWER_JSON_LIMITS[exceeded] }));
    try {
      return JSON.parse(text);
    } catch {
      // The parser's message quotes the text.
      if (isNeeded) throw this.#invalid(message('VaultResponseInvalid.json'));
      return undefined;
    }
  }

  #invalid(problem: Message): NautesError {
    return new NautesError('VaultResponseInvalid', { address: this.address, problem });
  }

  #failure(error: unknown, isLate: boolean): unknown {
    const { address } = this;
    if (error instanceof NautesError) return error;
    if (this.#closed) return new NautesError('Closing', {}, { cause: error });
    const proxy = proxyProblem(error);
    if (proxy !== undefined) return new NautesError('VaultUnreachable', { address, code: proxy }, { cause: error });
    const { kind, code } = networkFailure(error);
    if (kind.startsWith('certificate')) {
      return new NautesError('VaultCertificateRefused', { address, problem: networkProblem(error) }, { cause: error });
    }
    if (kind === 'notHttp') {
      const problem = message('VaultResponseInvalid.http');
      return new NautesError('VaultResponseInvalid', { address, problem }, { cause: error });
    }
    if (isLate || isAbort(error) || kind === 'timeout') {
      return new VaultTimeout(
        'VaultUnreachable',
        { address, code: message('VaultUnreachable.late') },
        { cause: error },
      );
    }
    return new NautesError('VaultUnreachable', { address, code: verbatim(code) }, { cause: error });
  }
}

async function discard({ body }: Dispatcher.ResponseData): Promise<void> {
  await body.dump({ limit: 64 * 1024 }).catch(() => {});
}
