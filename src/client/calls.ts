import type { IncomingMessage } from 'node:http';
import { defined } from '../base/defined.ts';
import { exceededJsonLimit } from '../base/network/json-shape.ts';
import type { Secret } from '../base/secret.ts';
import type * as readViewModule from '../contract/read-view.ts';
import type { View, ViewName } from '../contract/views.ts';
import { NautesError } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import { ApiRefusal, readErrorReply } from './api-refusal.ts';
import { limitsOf, ReplyLimitExceeded, type ReplyLimits } from './reply-limits.ts';
import { type Answer, limitError, type Transport } from './transport.ts';

/** The parts of a request besides its path. */
export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the reply; default: of a list. */
  readonly limits?: ReplyLimits;
  readonly signal: AbortSignal;
}

/** The token is requested for the first call: a command that prints it may be slow, or prompt. */
export type TokenSource = () => Promise<Secret>;

/** Of where a server redirects to, as it is told, in characters. */
const MAXIMUM_LOCATION_LENGTH = 300;

/** Asked for by name, replies have each value in one place, without spellings of older versions. */
const JSON_TYPE = 'application/json';

/** Requests to a server with the token, and their answers as data. Errors are those of {@link NautesClient}. */
export class Calls {
  readonly #transport: Transport;
  readonly #token: TokenSource;

  constructor(transport: Transport, token: TokenSource) {
    this.#transport = transport;
    this.#token = token;
  }

  get server(): string {
    return this.#transport.server;
  }

  close(): void {
    this.#transport.close();
  }

  /** The reply as JSON, unchecked. */
  async json(method: string, path: string, options: CallOptions): Promise<unknown> {
    return this.read(await this.send(method, path, options));
  }

  /** The reply, checked against the contract. */
  async view<Name extends ViewName>(
    name: Name,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<View<Name>> {
    const limited = { limits: limitsOf(name), ...options };
    const [content] = await Promise.all([this.json(method, path, limited), loadChecks()]);
    return this.checked(name, content);
  }

  /** The content as this view. @throws NautesError `ServerReplyInvalid` */
  async checked<Name extends ViewName>(name: Name, content: unknown): Promise<View<Name>> {
    const { readView, ReplyProblem } = await loadChecks();
    try {
      return await readView(name, content);
    } catch (error) {
      if (!(error instanceof ReplyProblem)) throw error;
      throw this.invalid(name, error.message, error);
    }
  }

  /** The error for a reply that breaks the contract. */
  invalid(reply: ViewName, problem: string, cause?: unknown): NautesError {
    return new NautesError('ServerReplyInvalid', { server: this.server, reply, problem }, { cause });
  }

  /** The answer, whatever its status. */
  async send(method: string, path: string, { body, query, headers, limits, signal }: CallOptions): Promise<Answer> {
    const search = new URLSearchParams(query).toString();
    return this.#transport.send({
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: { accept: JSON_TYPE, 'content-type': JSON_TYPE, ...(await this.#authorization()), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...defined({ limits }),
      signal,
    });
  }

  /** The answer to a GET without a token, whatever its status. */
  sendWithoutToken(path: string, limits: ReplyLimits, signal: AbortSignal): Promise<Answer> {
    return this.#transport.send({ method: 'GET', path, limits, signal });
  }

  /** The open response of an event stream. */
  async openStream(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const all = { accept: 'text/event-stream', ...(await this.#authorization()), ...headers };
    const response = await this.#transport.stream({ method: 'GET', path, headers: all, signal });
    if ('text' in response) throw this.#refusal(response);
    if (/^text\/event-stream\b/i.test(response.headers['content-type'] ?? '')) return response;
    response.destroy();
    throw new NautesError('ServerAnswerUnclear', { server: this.server, problem: message('Answer.notStream') });
  }

  async #authorization(): Promise<Readonly<Record<string, string>>> {
    return { authorization: `Bearer ${(await this.#token()).reveal()}` };
  }

  /** The body of a success. @throws ApiRefusal or NautesError for any other answer */
  read(answer: Answer): unknown {
    if (answer.status === 200) return this.parse(answer.text);
    throw this.#refusal(answer);
  }

  /** JSON that did not come as an answer of its own, within the limits of this view. */
  async checkedText<Name extends ViewName>(name: Name, text: string): Promise<View<Name>> {
    const limits = limitsOf(name);
    const exceeded = exceededJsonLimit(Buffer.from(text), limits);
    if (exceeded !== undefined) throw limitError(this.server, new ReplyLimitExceeded(exceeded, limits));
    return await this.checked(name, this.parse(text));
  }

  /** @throws NautesError `ServerAnswerUnclear` */
  parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new NautesError(
        'ServerAnswerUnclear',
        { server: this.server, problem: message('Answer.notJson') },
        { cause: error },
      );
    }
  }

  #refusal(answer: Answer): Error {
    const { status, headers } = answer;
    if (status >= 300 && status < 400) {
      return new NautesError('ServerRedirects', {
        server: this.server,
        location: (headers['location'] ?? 'nowhere').slice(0, MAXIMUM_LOCATION_LENGTH),
      });
    }
    const reply = readErrorReply(answer);
    if (reply !== undefined) return new ApiRefusal(reply, answer);
    return new NautesError('ServerAnswerUnclear', {
      server: this.server,
      problem: message('Answer.status', { status }),
    });
  }
}

/** Loaded while the server works on the first call: a command without calls starts without the checks. */
function loadChecks(): Promise<typeof readViewModule> {
  return import('../contract/read-view.ts');
}
