import type { IncomingMessage } from 'node:http';
import { defined } from '../base/defined.ts';
import { clusterPath, fillPath, paths } from '../contract/paths.ts';
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
} from '../contract/views.ts';
import { NautesError } from '../errors/errors.ts';
import { ApiDescription } from './api-description.ts';
import { type CallOptions, Calls, type TokenSource } from './calls.ts';
import { limitsOf } from './reply-limits.ts';
import type { Transport } from './transport.ts';

const IF_MATCH = 'if-match';
const DRY_RUN = 'dry_run';
/** What a generation can be: it is sent back in a header. */
const GENERATION = /^[\x21\x23-\x7e]{1,200}$/;
/** The server parses fifteen digits. */
const BEYOND_ALL_EVENTS = 999_999_999_999_999;

/**
 * The HTTP API of a server as calls. Error responses are thrown as `ApiRefusal`, failures to get an
 * answer as a NautesError.
 */
export class NautesClient {
  readonly #calls: Calls;
  readonly #description: ApiDescription;

  constructor(transport: Transport, token: TokenSource) {
    this.#calls = new Calls(transport, token);
    this.#description = new ApiDescription(this.#calls);
  }

  get server(): string {
    return this.#calls.server;
  }

  close(): void {
    this.#calls.close();
  }

  /** Any operation, by its path. */
  call(method: string, path: string, options: CallOptions): Promise<unknown> {
    return this.#calls.json(method, path, options);
  }

  save(name: string, body: unknown, options: CallOptions): Promise<SavedView> {
    return this.#calls.view('saved', 'POST', clusterPath(paths.cluster, name), { ...options, body });
  }

  async plan(name: string, body: unknown, options: CallOptions): Promise<PlanView> {
    const plan = await this.#calls.view('plan', 'POST', clusterPath(paths.clusterPlan, name), { ...options, body });
    if (plan.generation === '' || GENERATION.test(plan.generation)) return plan;
    throw this.#calls.invalid('plan', 'generation cannot be a condition of a request');
  }

  delete(name: string, options: CallOptions): Promise<DeletedView> {
    return this.#calls.view('deleted', 'DELETE', clusterPath(paths.cluster, name), options);
  }

  /**
   * What a deletion would do. A server that does not know dry runs would delete, so it is not asked.
   * @throws NautesError `DryRunNotServed`
   */
  async planDeletion(name: string, { query, ...options }: CallOptions): Promise<DeletionPlanView> {
    const parameters = await this.#description.parametersOf('delete', paths.cluster, options.signal);
    if (!parameters.includes(DRY_RUN)) throw new NautesError('DryRunNotServed', { server: this.server });
    const asked = { ...options, query: { ...query, [DRY_RUN]: 'true' } };
    return this.#calls.view('deletionPlan', 'DELETE', clusterPath(paths.cluster, name), asked);
  }

  rotate(name: string, signal: AbortSignal): Promise<SavedView> {
    return this.#calls.view('saved', 'POST', clusterPath(paths.clusterRotate, name), { signal });
  }

  pause(
    name: string,
    body: { readonly until?: string; readonly reason?: string },
    signal: AbortSignal,
  ): Promise<SavedView> {
    return this.#calls.view('saved', 'POST', clusterPath(paths.clusterPause, name), { body, signal });
  }

  resume(name: string, signal: AbortSignal): Promise<SavedView> {
    return this.#calls.view('saved', 'POST', clusterPath(paths.clusterResume, name), { signal });
  }

  /** Asks for a look at the cluster now. */
  sync(name: string, signal: AbortSignal): Promise<SyncRequestedView> {
    return this.#calls.view('syncRequested', 'POST', clusterPath(paths.clusterSync, name), { signal });
  }

  cluster(name: string, signal: AbortSignal): Promise<ClusterView> {
    return this.#calls.view('cluster', 'GET', clusterPath(paths.cluster, name), { signal });
  }

  /** The generation that is registered now; empty when the server does not return it. */
  async generation(name: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#calls.send('GET', clusterPath(paths.cluster, name), { signal });
    this.#calls.read(answer);
    const found = /^(?:W\/)?"(.*)"$/.exec(answer.headers['etag'] ?? '')?.[1] ?? '';
    return GENERATION.test(found) ? found : '';
  }

  /** The registered clusters, and those whose file cannot be understood or that are being deleted. */
  clusterList(options: CallOptions): Promise<View<'clusters'>> {
    return this.#calls.view('clusters', 'GET', paths.clusters, options);
  }

  status(name: string, signal: AbortSignal): Promise<StatusView> {
    return this.#calls.view('status', 'GET', clusterPath(paths.clusterStatus, name), { signal });
  }

  /** A summary of the status of all clusters. */
  async statuses(signal: AbortSignal): Promise<readonly StatusSummaryView[]> {
    return (await this.#calls.view('statuses', 'GET', paths.statuses, { signal })).items;
  }

  /** The last 100 commits that changed the cluster, newest first. */
  history(name: string, signal: AbortSignal): Promise<View<'history'>> {
    return this.#calls.view('history', 'GET', clusterPath(paths.clusterHistory, name), { signal });
  }

  /** What a commit did to the file of the cluster. */
  change(name: string, commit: string, signal: AbortSignal): Promise<View<'fileChange'>> {
    return this.#calls.view('fileChange', 'GET', fillPath(paths.clusterChange, { cluster_name: name, commit }), {
      signal,
    });
  }

  /** A page of what is held on a cluster. */
  objects(
    name: string,
    { component, continue: next }: { readonly component: string; readonly continue: string },
    signal: AbortSignal,
  ): Promise<View<'objects'>> {
    const query = { ...(component !== '' && { component }), ...(next !== '' && { continue: next }) };
    return this.#calls.view('objects', 'GET', clusterPath(paths.clusterObjects, name), { query, signal });
  }

  repairs(name: string, signal: AbortSignal): Promise<View<'repairs'>> {
    return this.#calls.view('repairs', 'GET', clusterPath(paths.clusterRepairs, name), { signal });
  }

  /** @param count how many free ones to look for; left out: as the server does */
  nodePorts(name: string, count: number | undefined, signal: AbortSignal): Promise<View<'nodePorts'>> {
    const query = defined({ count: count === undefined ? undefined : String(count) });
    return this.#calls.view('nodePorts', 'GET', clusterPath(paths.clusterNodePorts, name), { query, signal });
  }

  summary(signal: AbortSignal): Promise<View<'fleetSummary'>> {
    return this.#calls.view('fleetSummary', 'GET', paths.fleetSummary, { signal });
  }

  /** A page of the receipts of all names, the last first. */
  receipts(next: string, signal: AbortSignal): Promise<View<'receipts'>> {
    const query = { ...(next !== '' && { continue: next }) };
    return this.#calls.view('receipts', 'GET', paths.receipts, { query, signal });
  }

  /** The last receipts of a name. */
  receiptsOf(name: string, signal: AbortSignal): Promise<View<'receipts'>> {
    return this.#calls.view('receipts', 'GET', clusterPath(paths.clusterReceipts, name), { signal });
  }

  tokens(signal: AbortSignal): Promise<View<'tokens'>> {
    return this.#calls.view('tokens', 'GET', paths.tokens, { signal });
  }

  revokeToken(name: string, signal: AbortSignal): Promise<View<'tokenRevoked'>> {
    return this.#calls.view('tokenRevoked', 'DELETE', fillPath(paths.token, { token_name: name }), { signal });
  }

  receipt(name: string, signal: AbortSignal): Promise<ReceiptView> {
    return this.#calls.view('receipt', 'GET', clusterPath(paths.clusterReceipt, name), { signal });
  }

  lastCommit(name: string, signal: AbortSignal): Promise<CommitView> {
    return this.#calls.view('commit', 'GET', clusterPath(paths.clusterCommit, name), { signal });
  }

  /** Events after the id, oldest first; of one cluster or, with `undefined`, of all. */
  events(cluster: string | undefined, after: number, signal: AbortSignal): Promise<EventPageView> {
    const query = { after: String(after) };
    return this.#calls.view('events', 'GET', eventsPath(cluster), { query, signal });
  }

  /** Id of the newest event: later ones are new. */
  async latestEvent(signal: AbortSignal): Promise<number> {
    return (await this.events(undefined, BEYOND_ALL_EVENTS, signal)).latest;
  }

  catalog(signal: AbortSignal): Promise<View<'catalog'>> {
    return this.#calls.view('catalog', 'GET', paths.catalog, { signal });
  }

  /** The caller of this token, its permissions, and the version of the server. */
  caller(signal: AbortSignal): Promise<CallerView> {
    return this.#calls.view('caller', 'GET', paths.caller, { signal });
  }

  /** A link that logs a browser in once, for the token of this client: its path at the server. */
  loginLink(signal: AbortSignal): Promise<View<'loginLink'>> {
    return this.#calls.view('loginLink', 'POST', paths.sessionLinks, { signal });
  }

  /** Without a token; 503 is an answer here. */
  async readiness(signal: AbortSignal): Promise<ReadinessView> {
    const answer = await this.#calls.sendWithoutToken(paths.readiness, limitsOf('readiness'), signal);
    const content = answer.status === 503 ? this.#calls.parse(answer.text) : this.#calls.read(answer);
    return this.#calls.checked('readiness', content);
  }

  /** Paths that the server serves, from its OpenAPI description. Without a token. */
  servedPaths(signal: AbortSignal): Promise<ReadonlySet<string>> {
    return this.#description.paths(signal);
  }

  /** An event as in a stream. */
  event(text: string): Promise<EventView> {
    return this.#calls.checkedText('event', text);
  }

  /** The open response of an event stream. */
  openEvents(cluster: string | undefined, after: number | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    const headers: Readonly<Record<string, string>> = after === undefined ? {} : { 'last-event-id': String(after) };
    return this.#calls.openStream(eventsPath(cluster), headers, signal);
  }
}

/** Header that makes a save conditional on this generation. */
export function ifMatch(generation: string): Readonly<Record<string, string>> {
  return { [IF_MATCH]: `"${generation}"` };
}

function eventsPath(cluster: string | undefined): string {
  return cluster === undefined ? paths.events : clusterPath(paths.clusterEvents, cluster);
}
