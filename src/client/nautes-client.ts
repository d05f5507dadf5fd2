import type { IncomingMessage } from 'node:http';
import { defined } from '../base/defined.ts';
import type { Secret } from '../base/secret.ts';
import { clusterPath, fillPath, paths } from '../contract/paths.ts';
import type * as readViewModule from '../contract/read-view.ts';
import type {
  CallerView,
  ClusterView,
  CommitView,
  DeletedView,
  DeletionPlanView,
  EventPageView,
  EventView,
  PlanView,
  ReadinessView,
  ReceiptView,
  SavedView,
  StatusSummaryView,
  StatusView,
  SyncRequestedView,
  View,
  ViewName,
} from '../contract/views.ts';
import { NautesError } from '../errors/errors.ts';
import { ApiRefusal, readErrorReply } from './api-refusal.ts';
import { exceededJsonLimit } from '../base/network/json-shape.ts';
import { CLUSTER_REPLY_LIMITS, limitsOf, ReplyLimitExceeded, type ReplyLimits } from './reply-limits.ts';
import { type Answer, limitError, type Transport } from './transport.ts';
import { message } from '../messages/message.ts';

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

const IF_MATCH = 'if-match';
const DRY_RUN = 'dry_run';
/** What a generation can be: it is sent back in a header. */
const GENERATION = /^[\x21\x23-\x7e]{1,200}$/;
/** Of where a server redirects to, as it is told, in characters. */
const MAXIMUM_LOCATION_LENGTH = 300;
/** The server parses fifteen digits. */
const BEYOND_ALL_EVENTS = 999_999_999_999_999;

/** Asked for by name, replies have each value in one place, without spellings of older versions. */
const JSON_TYPE = 'application/json';

/**
 * The HTTP API of a server as calls. Error responses are thrown as {@link ApiRefusal}, failures to get an
 * answer as a NautesError.
 */
export class NautesClient {
  readonly #transport: Transport;
  readonly #token: TokenSource;
  #knownDescription: unknown;

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
    return this.#view('saved', 'POST', clusterPath(paths.cluster, name), { ...options, body });
  }

  async plan(name: string, body: unknown, options: CallOptions): Promise<PlanView> {
    const plan = await this.#view('plan', 'POST', clusterPath(paths.clusterPlan, name), { ...options, body });
    if (plan.generation === '' || GENERATION.test(plan.generation)) return plan;
    throw this.#invalid('plan', 'generation cannot be a condition of a request');
  }

  delete(name: string, options: CallOptions): Promise<DeletedView> {
    return this.#view('deleted', 'DELETE', clusterPath(paths.cluster, name), options);
  }

  /**
   * What a deletion would do. A server that does not know dry runs would delete, so it is not asked.
   * @throws NautesError `DryRunNotServed`
   */
  async planDeletion(name: string, { query, ...options }: CallOptions): Promise<DeletionPlanView> {
    const operation = await this.#described('delete', paths.cluster, options.signal).catch(undefinedWhenRefused);
    if (!parametersOf(operation).includes(DRY_RUN)) throw new NautesError('DryRunNotServed', { server: this.server });
    const asked = { ...options, query: { ...query, [DRY_RUN]: 'true' } };
    return this.#view('deletionPlan', 'DELETE', clusterPath(paths.cluster, name), asked);
  }

  rotate(name: string, signal: AbortSignal): Promise<SavedView> {
    return this.#view('saved', 'POST', clusterPath(paths.clusterRotate, name), { signal });
  }

  pause(
    name: string,
    body: { readonly until?: string; readonly reason?: string },
    signal: AbortSignal,
  ): Promise<SavedView> {
    return this.#view('saved', 'POST', clusterPath(paths.clusterPause, name), { body, signal });
  }

  resume(name: string, signal: AbortSignal): Promise<SavedView> {
    return this.#view('saved', 'POST', clusterPath(paths.clusterResume, name), { signal });
  }

  /** Asks for a look at the cluster now. */
  sync(name: string, signal: AbortSignal): Promise<SyncRequestedView> {
    return this.#view('syncRequested', 'POST', clusterPath(paths.clusterSync, name), { signal });
  }

  cluster(name: string, signal: AbortSignal): Promise<ClusterView> {
    return this.#view('cluster', 'GET', clusterPath(paths.cluster, name), { signal });
  }

  /** The generation that is registered now; empty when the server does not return it. */
  async generation(name: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#send('GET', clusterPath(paths.cluster, name), { signal });
    this.#read(answer);
    const found = /^(?:W\/)?"(.*)"$/.exec(answer.headers['etag'] ?? '')?.[1] ?? '';
    return GENERATION.test(found) ? found : '';
  }

  /** The registered clusters, and those whose file cannot be understood or that are being deleted. */
  clusterList(options: CallOptions): Promise<View<'clusters'>> {
    return this.#view('clusters', 'GET', paths.clusters, options);
  }

  status(name: string, signal: AbortSignal): Promise<StatusView> {
    return this.#view('status', 'GET', clusterPath(paths.clusterStatus, name), { signal });
  }

  /** A summary of the status of all clusters. */
  async statuses(signal: AbortSignal): Promise<readonly StatusSummaryView[]> {
    return (await this.#view('statuses', 'GET', paths.statuses, { signal })).items;
  }

  /** The last 100 commits that changed the cluster, newest first. */
  history(name: string, signal: AbortSignal): Promise<View<'history'>> {
    return this.#view('history', 'GET', clusterPath(paths.clusterHistory, name), { signal });
  }

  /** What a commit did to the file of the cluster. */
  change(name: string, commit: string, signal: AbortSignal): Promise<View<'fileChange'>> {
    return this.#view('fileChange', 'GET', fillPath(paths.clusterChange, { cluster_name: name, commit }), { signal });
  }

  /** A page of what is held on a cluster. */
  objects(
    name: string,
    { component, continue: next }: { readonly component: string; readonly continue: string },
    signal: AbortSignal,
  ): Promise<View<'objects'>> {
    const query = { ...(component !== '' && { component }), ...(next !== '' && { continue: next }) };
    return this.#view('objects', 'GET', clusterPath(paths.clusterObjects, name), { query, signal });
  }

  repairs(name: string, signal: AbortSignal): Promise<View<'repairs'>> {
    return this.#view('repairs', 'GET', clusterPath(paths.clusterRepairs, name), { signal });
  }

  /** @param count how many free ones to look for; left out: as the server does */
  nodePorts(name: string, count: number | undefined, signal: AbortSignal): Promise<View<'nodePorts'>> {
    const query = defined({ count: count === undefined ? undefined : String(count) });
    return this.#view('nodePorts', 'GET', clusterPath(paths.clusterNodePorts, name), { query, signal });
  }

  summary(signal: AbortSignal): Promise<View<'fleetSummary'>> {
    return this.#view('fleetSummary', 'GET', paths.fleetSummary, { signal });
  }

  /** A page of the receipts of all names, the last first. */
  receipts(next: string, signal: AbortSignal): Promise<View<'receipts'>> {
    const query = { ...(next !== '' && { continue: next }) };
    return this.#view('receipts', 'GET', paths.receipts, { query, signal });
  }

  /** The last receipts of a name. */
  receiptsOf(name: string, signal: AbortSignal): Promise<View<'receipts'>> {
    return this.#view('receipts', 'GET', clusterPath(paths.clusterReceipts, name), { signal });
  }

  tokens(signal: AbortSignal): Promise<View<'tokens'>> {
    return this.#view('tokens', 'GET', paths.tokens, { signal });
  }

  revokeToken(name: string, signal: AbortSignal): Promise<View<'tokenRevoked'>> {
    return this.#view('tokenRevoked', 'DELETE', fillPath(paths.token, { token_name: name }), { signal });
  }

  receipt(name: string, signal: AbortSignal): Promise<ReceiptView> {
    return this.#view('receipt', 'GET', clusterPath(paths.clusterReceipt, name), { signal });
  }

  lastCommit(name: string, signal: AbortSignal): Promise<CommitView> {
    return this.#view('commit', 'GET', clusterPath(paths.clusterCommit, name), { signal });
  }

  /** Events after the id, oldest first; of one cluster or, with `undefined`, of all. */
  events(cluster: string | undefined, after: number, signal: AbortSignal): Promise<EventPageView> {
    const query = { after: String(after) };
    return this.#view('events', 'GET', eventsPath(cluster), { query, signal });
  }

  /** Id of the newest event: later ones are new. */
  async latestEvent(signal: AbortSignal): Promise<number> {
    return (await this.events(undefined, BEYOND_ALL_EVENTS, signal)).latest;
  }

  catalog(signal: AbortSignal): Promise<View<'catalog'>> {
    return this.#view('catalog', 'GET', paths.catalog, { signal });
  }

  /** The caller of this token, its permissions, and the version of the server. */
  caller(signal: AbortSignal): Promise<CallerView> {
    return this.#view('caller', 'GET', paths.caller, { signal });
  }

  /** A link that logs a browser in once, for the token of this client: its path at the server. */
  loginLink(signal: AbortSignal): Promise<View<'loginLink'>> {
    return this.#view('loginLink', 'POST', paths.sessionLinks, { signal });
  }

  /** Without a token; 503 is an answer here. */
  async readiness(signal: AbortSignal): Promise<ReadinessView> {
    const limits = limitsOf('readiness');
    const answer = await this.#transport.send({ method: 'GET', path: paths.readiness, limits, signal });
    return this.#checked('readiness', answer.status === 503 ? this.#parse(answer.text) : this.#read(answer));
  }

  /** Paths that the server serves, from its OpenAPI description. Without a token. */
  async servedPaths(signal: AbortSignal): Promise<ReadonlySet<string>> {
    return new Set(Object.keys(memberOf(await this.#description(signal), 'paths') ?? {}));
  }

  /** An operation of the OpenAPI description; `undefined` when it has none. */
  async #described(method: string, path: string, signal: AbortSignal): Promise<unknown> {
    return memberOf(memberOf(memberOf(await this.#description(signal), 'paths'), path), method);
  }

  async #description(signal: AbortSignal): Promise<unknown> {
    const asked = { method: 'GET', path: paths.openApi, limits: CLUSTER_REPLY_LIMITS, signal };
    this.#knownDescription ??= this.#read(await this.#transport.send(asked));
    return this.#knownDescription;
  }

  /** An event as in a stream. */
  async event(text: string): Promise<EventView> {
    const limits = limitsOf('event');
    const exceeded = exceededJsonLimit(Buffer.from(text), limits);
    if (exceeded !== undefined) throw limitError(this.server, new ReplyLimitExceeded(exceeded, limits));
    return await this.#checked('event', this.#parse(text));
  }

  /** The open response of an event stream. */
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
    const response = await this.#transport.stream({ method: 'GET', path: eventsPath(cluster), headers, signal });
    if ('text' in response) throw this.#refusal(response);
    if (/^text\/event-stream\b/i.test(response.headers['content-type'] ?? '')) return response;
    response.destroy();
    throw new NautesError('ServerAnswerUnclear', { server: this.server, problem: message('Answer.notStream') });
  }

  async #view<Name extends ViewName>(
    name: Name,
    method: string,
    path: string,
    options: CallOptions,
  ): Promise<View<Name>> {
    const limited = { limits: limitsOf(name), ...options };
    const [content] = await Promise.all([this.call(method, path, limited), loadChecks()]);
    return this.#checked(name, content);
  }

  async #checked<Name extends ViewName>(name: Name, content: unknown): Promise<View<Name>> {
    const { readView, ReplyProblem } = await loadChecks();
    try {
      return await readView(name, content);
    } catch (error) {
      if (!(error instanceof ReplyProblem)) throw error;
      throw this.#invalid(name, error.message, error);
    }
  }

  #invalid(reply: ViewName, problem: string, cause?: unknown): NautesError {
    return new NautesError('ServerReplyInvalid', { server: this.server, reply, problem }, { cause });
  }

  async #send(method: string, path: string, { body, query, headers, limits, signal }: CallOptions): Promise<Answer> {
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

  async #authorization(): Promise<Readonly<Record<string, string>>> {
    return { authorization: `Bearer ${(await this.#token()).reveal()}` };
  }

  #read(answer: Answer): unknown {
    if (answer.status === 200) return this.#parse(answer.text);
    throw this.#refusal(answer);
  }

  #parse(text: string): unknown {
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

/** Header that makes a save conditional on this generation. */
export function ifMatch(generation: string): Readonly<Record<string, string>> {
  return { [IF_MATCH]: `"${generation}"` };
}

function eventsPath(cluster: string | undefined): string {
  return cluster === undefined ? paths.events : clusterPath(paths.clusterEvents, cluster);
}

/** A server without a description of its API. */
function undefinedWhenRefused(error: unknown): undefined {
  if (error instanceof ApiRefusal) return undefined;
  throw error;
}

function memberOf(value: unknown, name: string): object | undefined {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'object' && member !== null ? member : undefined;
}

/** Names of the parameters that an operation of the API description has. */
function parametersOf(operation: unknown): readonly unknown[] {
  const parameters = memberOf(operation, 'parameters');
  return Array.isArray(parameters) ? parameters.map((one: unknown) => isNamed(one) && one.name) : [];
}

function isNamed(value: unknown): value is { readonly name: unknown } {
  return typeof value === 'object' && value !== null && 'name' in value;
}

/** Loaded while the server works on the first call: a command without calls starts without the checks. */
function loadChecks(): Promise<typeof readViewModule> {
  return import('../contract/read-view.ts');
}
