import type { IncomingMessage } from 'node:http';
import type { PlanReply } from '../api/schemas/plan.ts';
import type {
  CallerReply,
  ClusterListReply,
  ClusterReply,
  CommitReply,
  DeleteReply,
  ReadinessReply,
  Reply,
  SaveReply,
} from '../api/schemas/replies.ts';
import type { ClusterStatusReply, EventPageReply, ReceiptReply, StatusListReply } from '../api/schemas/status.ts';
import { NautesError } from '../errors/errors.ts';
import type { Secret } from '../base/secret.ts';
import type { CatalogView } from '../catalog/catalog-view.ts';
import { ApiRefusal, readErrorReply } from './api-refusal.ts';
import type { Answer, Transport } from './transport.ts';

export type ClusterView = Reply<typeof ClusterReply>;
export type StatusView = Reply<typeof ClusterStatusReply>;
export type ReceiptView = Reply<typeof ReceiptReply>;
export type PlanView = Reply<typeof PlanReply>;
export type SavedView = Reply<typeof SaveReply>;
export type DeletedView = Reply<typeof DeleteReply>;
export type EventPageView = Reply<typeof EventPageReply>;
export type EventView = EventPageView['items'][number];
export type ReadinessView = Reply<typeof ReadinessReply>;
export type CallerView = Reply<typeof CallerReply>;
export type CommitView = Reply<typeof CommitReply>;

export type StatusSummaryView = Reply<typeof StatusListReply>['items'][number];

/** What a call sends besides its path. */
export interface CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The token is asked for when the first call needs it: a command that prints it may be slow, or ask a person. */
export type TokenSource = () => Promise<Secret>;

const CLUSTERS = '/api/v1/clusters';
const IF_MATCH = 'if-match';
/** Fifteen digits are as many as the server reads. */
const BEYOND_ALL_EVENTS = 999_999_999_999_999;

/**
 * The HTTP API of a server as calls. What the server refuses is thrown as {@link ApiRefusal}, what keeps us from an
 * answer as a NautesError.
 */
export class NautesClient {
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

  /** Any operation, by its path. */
  async call(method: string, path: string, options: CallOptions): Promise<unknown> {
    return this.#read(await this.#send(method, path, options));
  }

  save(name: string, body: unknown, options: CallOptions): Promise<SavedView> {
    return this.call('POST', clusterPath(name), { ...options, body }) as Promise<SavedView>;
  }

  plan(name: string, body: unknown, options: CallOptions): Promise<PlanView> {
    return this.call('POST', clusterPath(name, 'plan'), { ...options, body }) as Promise<PlanView>;
  }

  delete(name: string, options: CallOptions): Promise<DeletedView> {
    return this.call('DELETE', clusterPath(name), options) as Promise<DeletedView>;
  }

  rotate(name: string, signal: AbortSignal): Promise<SavedView> {
    return this.call('POST', clusterPath(name, 'rotate'), { signal }) as Promise<SavedView>;
  }

  cluster(name: string, signal: AbortSignal): Promise<ClusterView> {
    return this.call('GET', clusterPath(name), { signal }) as Promise<ClusterView>;
  }

  /** The generation that is registered now; empty when the server does not tell. */
  async generation(name: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#send('GET', clusterPath(name), { signal });
    this.#read(answer);
    return /^(?:W\/)?"(.*)"$/.exec(answer.headers['etag'] ?? '')?.[1] ?? '';
  }

  async clusters(options: CallOptions): Promise<readonly ClusterView[]> {
    const { items } = (await this.call('GET', CLUSTERS, options)) as Reply<typeof ClusterListReply>;
    return items;
  }

  status(name: string, signal: AbortSignal): Promise<StatusView> {
    return this.call('GET', clusterPath(name, 'status'), { signal }) as Promise<StatusView>;
  }

  /** How all clusters are, in short. */
  async statuses(signal: AbortSignal): Promise<Reply<typeof StatusListReply>['items']> {
    const { items } = (await this.call('GET', '/api/v1/statuses', { signal })) as Reply<typeof StatusListReply>;
    return items;
  }

  receipt(name: string, signal: AbortSignal): Promise<ReceiptView> {
    return this.call('GET', clusterPath(name, 'receipt'), { signal }) as Promise<ReceiptView>;
  }

  lastCommit(name: string, signal: AbortSignal): Promise<CommitView> {
    return this.call('GET', clusterPath(name, 'commit'), { signal }) as Promise<CommitView>;
  }

  /** Events after the id, oldest first; of one cluster or, with `undefined`, of all. */
  events(cluster: string | undefined, after: number, signal: AbortSignal): Promise<EventPageView> {
    const query = { after: String(after) };
    const headers = { accept: 'application/json' };
    return this.call('GET', eventsPath(cluster), { query, headers, signal }) as Promise<EventPageView>;
  }

  /** Id of the newest event there is: what comes after it is new. */
  async latestEvent(signal: AbortSignal): Promise<number> {
    return (await this.events(undefined, BEYOND_ALL_EVENTS, signal)).latest;
  }

  catalog(signal: AbortSignal): Promise<CatalogView> {
    return this.call('GET', '/api/v1/catalog', { signal }) as Promise<CatalogView>;
  }

  /** Whose token this is, what it may do, and the version of the server. */
  caller(signal: AbortSignal): Promise<CallerView> {
    return this.call('GET', '/api/v1/caller', { signal }) as Promise<CallerView>;
  }

  /** Open to everybody; 503 is an answer here. */
  async readiness(signal: AbortSignal): Promise<ReadinessView> {
    const answer = await this.#transport.send({ method: 'GET', path: '/readyz', signal });
    return (answer.status === 503 ? this.#parse(answer) : this.#read(answer)) as ReadinessView;
  }

  /** Paths that the server serves, as its own description has them. Open to everybody. */
  async servedPaths(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const answer = await this.#transport.send({ method: 'GET', path: '/openapi.json', signal });
    const { paths } = this.#read(answer) as { readonly paths?: unknown };
    return new Set(typeof paths === 'object' && paths !== null ? Object.keys(paths) : []);
  }

  /** The open answer of an event stream. */
  async openEvents(
    cluster: string | undefined,
    after: number | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const headers = {
      accept: 'text/event-stream',
      ...(await this.#authorization()),
      ...(after === undefined ? {} : { 'last-event-id': String(after) }),
    };
    const message = await this.#transport.stream({ method: 'GET', path: eventsPath(cluster), headers, signal });
    if (message.statusCode === 200) return message;
    let text = '';
    for await (const chunk of message) text += String(chunk);
    throw this.#refusal({ status: message.statusCode ?? 0, headers: {}, text });
  }

  async #send(method: string, path: string, { body, query, headers, signal }: CallOptions): Promise<Answer> {
    const search = new URLSearchParams(query).toString();
    return this.#transport.send({
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: { 'content-type': 'application/json', ...(await this.#authorization()), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    });
  }

  async #authorization(): Promise<Readonly<Record<string, string>>> {
    return { authorization: `Bearer ${(await this.#token()).reveal()}` };
  }

  #read(answer: Answer): unknown {
    if (answer.status === 200) return this.#parse(answer);
    throw this.#refusal(answer);
  }

  #parse(answer: Answer): unknown {
    try {
      return JSON.parse(answer.text);
    } catch (error) {
      throw new NautesError('ServerAnswerUnclear', { server: this.server, problem: 'no JSON' }, { cause: error });
    }
  }

  #refusal(answer: Answer): Error {
    const { status, headers } = answer;
    if (status >= 300 && status < 400) {
      return new NautesError('ServerRedirects', { server: this.server, location: headers['location'] ?? 'nowhere' });
    }
    const reply = readErrorReply(answer);
    if (reply !== undefined) return new ApiRefusal(reply, answer);
    return new NautesError('ServerAnswerUnclear', { server: this.server, problem: `status ${status}` });
  }
}

/** Header that makes a save one over exactly this generation. */
export function ifMatch(generation: string): Readonly<Record<string, string>> {
  return { [IF_MATCH]: `"${generation}"` };
}

function clusterPath(name: string, below?: string): string {
  return `${CLUSTERS}/${encodeURIComponent(name)}${below === undefined ? '' : `/${below}`}`;
}

function eventsPath(cluster: string | undefined): string {
  return cluster === undefined ? '/api/v1/events' : clusterPath(cluster, 'events');
}
