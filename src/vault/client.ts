import { defined } from '../base/defined.ts';
import { NautesError } from '../errors/errors.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import type { Logger } from '../base/logger.ts';
import type { VaultAuth } from './login.ts';
import { says } from './replies.ts';
import { VaultSession } from './session.ts';
import { VaultTimeout, type VaultReply, VaultTransport, type VaultTransportOptions } from './transport.ts';
import { type JsonRecord, recordAt, textsOf } from './values.ts';

export interface VaultClientOptions extends VaultTransportOptions {
  readonly auth: VaultAuth;
  readonly logger: Logger;
}

/** An operation on Vault; the word is for messages. */
export type VaultOperation = 'read' | 'list' | 'write' | 'delete';

export interface VaultCall {
  readonly operation: VaultOperation;
  /** Path below `/v1/`, encoded. */
  readonly path: string;
  readonly body?: unknown;
}

/** Statuses of `sys/health`. */
export type VaultHealth = 'active' | 'standby' | 'sealed' | 'uninitialized' | 'unknown';

const HEALTH: Readonly<Record<number, VaultHealth>> = {
  200: 'active',
  429: 'standby',
  472: 'standby', // disaster recovery secondary
  473: 'standby', // performance standby
  501: 'uninitialized',
  503: 'sealed',
};

/**
 * Authenticated requests to Vault or OpenBao. A token that Vault no longer accepts is replaced, once per
 * request; every failure is a NautesError with its own reason that contains no bytes of the answer.
 */
export class VaultClient {
  /** `host:port`, for messages. */
  readonly address: string;
  readonly #transport: VaultTransport;
  readonly #session: VaultSession;
  /** Where the token comes from when it is configured as a file. */
  readonly #tokenFile: Message;

  constructor(options: VaultClientOptions) {
    const { auth, logger } = options;
    this.#transport = new VaultTransport(options);
    this.address = this.#transport.address;
    this.#tokenFile = auth.method === 'token' ? verbatim(auth.tokenFile) : message('VaultTokenInvalid.login');
    const problemOf = (reply: VaultReply): NautesError => this.#serverProblem(reply);
    this.#session = new VaultSession({ transport: this.#transport, auth, logger, problemOf });
  }

  /**
   * Sends a request. 200, 204 and 404 are returned.
   * @throws NautesError for every other status
   */
  async call(call: VaultCall, signal: AbortSignal): Promise<VaultReply> {
    const reply = await this.#send(call, signal);
    if (reply.status < 300 || reply.status === 404) return reply;
    throw await this.#problem(call, reply, signal);
  }

  /** The member `data` of the answer; `undefined` for 404. */
  async data(call: VaultCall, signal: AbortSignal): Promise<JsonRecord | undefined> {
    const { status, body } = await this.call(call, signal);
    return status === 404 ? undefined : recordAt(body, 'data');
  }

  /** Vault's health, without a token. */
  async health(signal: AbortSignal): Promise<VaultHealth> {
    const { status } = await this.#transport.send({ method: 'GET', path: 'sys/health', inRootNamespace: true }, signal);
    return HEALTH[status] ?? 'unknown';
  }

  /** @throws NautesError unless Vault is unsealed; a standby is accepted, as it forwards requests */
  async checkHealth(signal: AbortSignal): Promise<void> {
    const { address } = this;
    const health = await this.health(signal);
    if (health === 'sealed') throw new NautesError('VaultSealed', { address });
    if (health === 'uninitialized') throw new NautesError('VaultNotInitialized', { address });
    if (health === 'unknown') throw this.#invalid(message('VaultResponseInvalid.health'));
  }

  /**
   * The capabilities of our token on each path, such as `read` or `root`.
   * @throws NautesError
   */
  async capabilities(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const call: VaultCall = { operation: 'write', path: 'sys/capabilities-self', body: { paths } };
    const { body } = await this.call(call, signal);
    const record = recordAt(body, 'data');
    return new Map(paths.map((path) => [path, textsOf(record, path)]));
  }

  /** Closes the connections; a token from our own login is revoked. */
  async close(): Promise<void> {
    await this.#session.close();
    await this.#transport.close();
  }

  async #send({ operation, path, body }: VaultCall, signal: AbortSignal): Promise<VaultReply> {
    const method = METHODS[operation];
    const request = { method, path: operation === 'list' ? `${path}?list=true` : path, body };
    const token = await this.#session.token(signal);
    const reply = await this.#sendTimed({ ...request, token }, signal);
    if (reply.status !== 403 || (await this.#isAccepted(token, signal))) return reply;
    this.#session.reject(token);
    return this.#sendTimed({ ...request, token: await this.#session.token(signal) }, signal);
  }

  /** A healthy Vault that does not answer is blocked by its audit device. */
  async #sendTimed(request: Parameters<VaultTransport['send']>[0], signal: AbortSignal): Promise<VaultReply> {
    try {
      return await this.#transport.send(request, signal);
    } catch (error) {
      if (!(error instanceof VaultTimeout)) throw error;
      const health = await this.health(signal).catch(() => 'unknown');
      if (health !== 'active') throw error;
      throw this.#auditBlocked(message('VaultAuditBlocked.noAnswer'), error);
    }
  }

  /** 403 means an invalid token as well as a missing capability. */
  async #isAccepted(token: Parameters<VaultSession['reject']>[0], signal: AbortSignal): Promise<boolean> {
    const reply = await this.#transport.send({ method: 'GET', path: 'auth/token/lookup-self', token }, signal);
    return reply.status !== 403;
  }

  async #problem(call: VaultCall, reply: VaultReply, signal: AbortSignal): Promise<NautesError> {
    const { operation, path } = call;
    const { status } = reply;
    if (status === 403) return new NautesError('VaultPermissionDenied', { operation, path });
    if (status === 400 && says(reply, 'conflict')) return new NautesError('VaultConflict', { path });
    if (status === 413 || says(reply, 'tooLarge')) return new NautesError('VaultEntryTooLarge', { path });
    if (status === 405) return new NautesError('VaultRequestRefused', { operation, path, status });
    if (status >= 429) return this.#diagnosed(reply, signal);
    return new NautesError('VaultRequestRefused', { operation, path, status });
  }

  async #diagnosed(reply: VaultReply, signal: AbortSignal): Promise<NautesError> {
    if (reply.status !== 500 || !says(reply, 'auditFailed')) return this.#serverProblem(reply);
    const health = await this.health(signal).catch(() => 'unknown');
    if (health !== 'active') return this.#serverProblem(reply);
    return this.#auditBlocked(message('VaultAuditBlocked.status', { status: reply.status }));
  }

  #serverProblem(reply: VaultReply): NautesError {
    const { address } = this;
    const { status, retryAfter } = reply;
    const options = defined({ retryAfterMilliseconds: retryAfter });
    if (status === 403) return new NautesError('VaultTokenInvalid', { file: this.#tokenFile });
    if (status === 429) return new NautesError('VaultThrottled', { address }, options);
    if (status === 473 || status === 472) return new NautesError('VaultStandby', { address });
    if (status === 501) return new NautesError('VaultNotInitialized', { address });
    if (status === 503 && says(reply, 'sealed')) return new NautesError('VaultSealed', { address });
    if (status >= 500 && says(reply, 'noActiveNode')) return new NautesError('VaultStandby', { address });
    if (status >= 500) return new NautesError('VaultServerError', { address, status }, options);
    return this.#invalid(message('VaultResponseInvalid.status', { status }));
  }

  #auditBlocked(problem: Message, cause?: unknown): NautesError {
    return new NautesError('VaultAuditBlocked', { address: this.address, problem }, { cause });
  }

  #invalid(problem: Message): NautesError {
    return new NautesError('VaultResponseInvalid', { address: this.address, problem });
  }
}

const METHODS = { read: 'GET', list: 'GET', write: 'POST', delete: 'DELETE' } as const;
