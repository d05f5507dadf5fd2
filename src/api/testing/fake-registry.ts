import { message, verbatim } from '../../messages/message.ts';
import { action } from '../../messages/action.ts';
import { NautesError } from '../../errors/errors.ts';
import { sha256 } from '../../base/hash.ts';
import type { Role } from '../../resources/caller.ts';
import type { Cluster, ClusterSpec } from '../../resources/cluster/cluster.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import { blankStatus, type ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { StatusReader } from '../../state/index.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import type { DeletionPlan } from '../../registry/delete/deletion-plan.ts';
import type { ClusterPlan } from '../../registry/save/cluster-plan.ts';
import { type HeldObject, heldObjects } from '../../registry/read/held-object.ts';
import type {
  CallerContext,
  ClusterListing,
  ClusterRegistry,
  CommitInfo,
  DeleteOptions,
  DeleteResult,
  ClusterFile,
  ClusterAtCommit,
  HistoryOptions,
  NodePorts,
  PauseOptions,
  RegisteredCluster,
  RequestContext,
  RotateOptions,
  SaveOptions,
  SaveResult,
  SyncResult,
} from '../../registry/cluster-registry.ts';

/** What the API asked of the registry. */
export interface RecordedSave {
  readonly name: string;
  readonly draft: ClusterDraft;
  readonly options: SaveOptions;
  readonly context: CallerContext;
}

export const MAINTAINER_TOKEN = 'maintainer-token';
export const READER_TOKEN = 'reader-token';

/**
 * A registry in memory that keeps the contract of errors and rights and believes every draft: for tests of the HTTP
 * layer. It connects to nothing and writes nothing.
 */
export class FakeRegistry implements ClusterRegistry {
  readonly saves: RecordedSave[] = [];
  readonly plans: RecordedSave[] = [];
  readonly deletes: { readonly name: string; readonly options: DeleteOptions }[] = [];
  readonly pauses: { readonly name: string; readonly options: PauseOptions }[] = [];
  readonly resumed: string[] = [];
  readonly syncs: string[] = [];
  readonly rotations: { readonly name: string; readonly options: RotateOptions }[] = [];
  readonly clusters = new Map<string, RegisteredCluster>();
  /** Called at the beginning of every use case: throws, or waits. */
  interfere: (useCase: string, name: string, signal: AbortSignal) => Promise<void> = async () => {};
  readonly #status: StatusReader;
  readonly #roles = new Map<string, Role>([
    [MAINTAINER_TOKEN, 'maintainer'],
    [READER_TOKEN, 'reader'],
  ]);

  constructor(status: StatusReader) {
    this.#status = status;
  }

  async authenticate(request: RequestContext): Promise<CallerContext> {
    const token = request.token.reveal();
    if (!this.#roles.has(token)) throw new NautesError('Unauthenticated');
    await this.interfere('authenticate', token, request.signal);
    const caller = { id: token, name: token, email: `${token}@example.com` };
    return { caller, requestId: request.requestId, signal: request.signal };
  }

  async authorizeRead(context: CallerContext): Promise<void> {
    await this.interfere('authorizeRead', context.caller.id, context.signal);
  }

  async authorizeSave(context: CallerContext): Promise<void> {
    this.#authorizeWrite(context);
    await this.interfere('authorizeSave', context.caller.id, context.signal);
  }

  async save(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<SaveResult> {
    this.#authorizeWrite(context);
    await this.interfere('save', name, context.signal);
    const previous = this.clusters.get(name);
    if (options.ifMatch === '*' && previous === undefined) throw new NautesError('ClusterChanged', { cluster: name });
    this.saves.push({ name, draft, options, context });
    const cluster = fakeCluster(name, draft);
    const generation = sha256(JSON.stringify(cluster)).slice(0, 40);
    this.clusters.set(name, { cluster, generation });
    return { commit: 'c'.repeat(40), changed: previous?.generation !== generation, generation, warnings: [] };
  }

  async plan(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<ClusterPlan> {
    this.#authorizeWrite(context);
    await this.interfere('plan', name, context.signal);
    this.plans.push({ name, draft, options, context });
    const before = this.clusters.get(name);
    return {
      ...(before === undefined ? {} : { before: before.cluster }),
      after: fakeCluster(name, draft),
      ...(draft.kubeconfig === undefined ? {} : { kubeconfig: 'new' }),
      changed: true,
      components: [],
      findings: [
        { reason: 'Warning', field: '', said: verbatim('only to be known'), blocking: false },
        {
          reason: 'ClusterInvalid',
          field: 'api_server',
          said: verbatim('not an address'),
          action: action('CorrectIt'),
          blocking: true,
        },
      ],
      file: 'kind: Cluster\n',
      generation: before?.generation ?? '',
    };
  }

  async delete(context: CallerContext, name: string, options: DeleteOptions): Promise<DeleteResult> {
    this.#authorizeWrite(context);
    await this.interfere('delete', name, context.signal);
    this.deletes.push({ name, options });
    this.clusters.delete(name);
    return { commit: 'd'.repeat(40) };
  }

  async planDeletion(context: CallerContext, name: string, options: DeleteOptions): Promise<DeletionPlan> {
    this.#authorizeWrite(context);
    await this.get(context, name);
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'argocd', name: 'notes' };
    const lost = [{ object: reference, relation: 'content' as const, of: 'argocd' }];
    const namespace = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'argocd' };
    const error = new NautesError('ClusterInUse', { cluster: name, count: 1, objects: 'ConfigMap argocd/notes' });
    return {
      removed: [{ apiVersion: 'v1', kind: 'Service', namespace: 'argocd', name: 'argocd-server', component: 'argocd' }],
      left: [{ ...namespace, reason: message('Retained.existedBefore') }],
      lost,
      virtualClusters: ['v1'],
      isReachable: true,
      file: `clusters/${name}.yaml`,
      findings: [{ warning: verbatim('only to be known') }, ...(options.force ? [] : [{ error }])],
    };
  }

  async rotate(context: CallerContext, name: string, options: RotateOptions): Promise<SaveResult> {
    this.#authorizeWrite(context);
    await this.interfere('rotate', name, context.signal);
    const { generation } = await this.get(context, name);
    const known = this.rotations.some((rotation) => rotation.name === name && rotation.options.key === options.key);
    this.rotations.push({ name, options });
    return { commit: 'e'.repeat(40), changed: options.key === undefined || !known, generation, warnings: [] };
  }

  async pause(context: CallerContext, name: string, options: PauseOptions): Promise<SaveResult> {
    this.#authorizeWrite(context);
    await this.interfere('pause', name, context.signal);
    const { generation } = await this.get(context, name);
    this.pauses.push({ name, options });
    return { commit: 'a'.repeat(40), changed: true, generation, warnings: [] };
  }

  async resume(context: CallerContext, name: string): Promise<SaveResult> {
    this.#authorizeWrite(context);
    await this.interfere('resume', name, context.signal);
    const { generation } = await this.get(context, name);
    this.resumed.push(name);
    return { commit: 'b'.repeat(40), changed: true, generation, warnings: [] };
  }

  async sync(context: CallerContext, name: string): Promise<SyncResult> {
    this.#authorizeWrite(context);
    await this.interfere('sync', name, context.signal);
    await this.status(context, name);
    this.syncs.push(name);
    return { requestedAt: '2026-01-02T03:04:05.678Z' };
  }

  async lastCommit(context: CallerContext, name: string): Promise<CommitInfo> {
    await this.get(context, name);
    const trailers = new Map([
      ['Operation', 'save'],
      ['Request-Id', 'r'],
    ]);
    const subject = `Save cluster ${name}`;
    return { id: 'c'.repeat(40), author: 'ada', time: '2026-01-02T03:04:05Z', subject, trailers };
  }

  async history(
    context: CallerContext,
    name: string,
    { limit, before }: HistoryOptions,
  ): Promise<readonly CommitInfo[]> {
    const commit = await this.lastCommit(context, name);
    const ids = ['c', 'b', 'a'].map((digit) => digit.repeat(40));
    const trailers = new Map([...commit.trailers, ['Skipped-Check', 'preflight']]);
    const start = before === undefined ? 0 : ids.indexOf(before) + 1;
    return ids.slice(start, start + limit).map((id) => ({ ...commit, id, trailers }));
  }

  async filesAt(context: CallerContext, name: string, commit: string): Promise<ClusterAtCommit> {
    const { cluster } = await this.get(context, name);
    if (commit !== 'c'.repeat(40)) throw new NautesError('CommitNotFound', { commit });
    return { after: 'kind: Cluster\n', cluster };
  }

  async file(context: CallerContext, name: string): Promise<ClusterFile> {
    const { generation } = await this.get(context, name);
    return { text: 'kind: Cluster\n', generation, commit: 'c'.repeat(40) };
  }

  async objects(context: CallerContext, name: string, component: string): Promise<readonly HeldObject[]> {
    await this.get(context, name);
    const held = { apiVersion: 'v1', kind: 'Service', namespace: 'traefik', revision: '', hash: '', foreign: false };
    const entries = ['b', 'a', 'c'].map((each) => ({
      ...held,
      name: each,
      component: 'traefik',
      uid: each === 'c' ? '' : each,
    }));
    const wanted = entries.filter((entry) => component === '' || entry.component === component);
    const components = (await this.status(context, name)).components;
    return heldObjects(wanted, components);
  }

  async nodePorts(context: CallerContext, name: string, count: number): Promise<NodePorts> {
    await this.get(context, name);
    const free = Array.from({ length: count }, (_, index) => 30_000 + index);
    const taken = [{ port: 30_080, holder: message('NodePortTaken.service', { name: 'web/web' }) }];
    return { range: { first: 30_000, last: 32_767 }, free, taken };
  }

  async authorizeTokens(context: CallerContext): Promise<void> {
    this.#authorizeWrite(context);
  }

  async roleOf(context: CallerContext): Promise<Role> {
    return this.#roles.get(context.caller.id) ?? 'reader';
  }

  async get(context: CallerContext, name: string): Promise<RegisteredCluster> {
    await this.interfere('get', name, context.signal);
    const found = this.clusters.get(name);
    if (found === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
    return found;
  }

  async list(context: CallerContext): Promise<ClusterListing> {
    await this.interfere('list', '', context.signal);
    const registered = [...this.clusters.values()].sort((left, right) =>
      left.cluster.name < right.cluster.name ? -1 : 1,
    );
    const statuses = await this.statuses(context);
    return { registered, unregistered: statuses.filter(({ name }) => !this.clusters.has(name)) };
  }

  async status(context: CallerContext, name: string): Promise<ClusterStatus> {
    await this.interfere('status', name, context.signal);
    const stored = await this.#status.get(clusterKey(name));
    if (stored !== undefined) return stored;
    const { incarnation } = (await this.get(context, name)).cluster;
    return blankStatus({ name, incarnation, phase: 'Pending', observedGeneration: '', conditions: [], commit: '' });
  }

  async statuses(context: CallerContext): Promise<readonly ClusterStatus[]> {
    await this.interfere('statuses', '', context.signal);
    const statuses = await this.#status.list(CLUSTER_KIND);
    return statuses.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  #authorizeWrite(context: CallerContext): void {
    if (this.#roles.get(context.caller.id) === 'maintainer') return;
    const role = message('role.maintainer');
    const details = {
      action: message('verb.register'),
      missing: message('NoAuthorization.tokenRole', { role: message('role.reader') }),
      needed: message('needed.role', { role }),
      grant: message('grant.maintainerForToken'),
    };
    throw new NautesError('NoAuthorization', { caller: context.caller.name, ...details });
  }
}

/** A cluster of the draft, defaults not filled in. The API shows what it gets, so the values need not be legal. */
export function fakeCluster(name: string, draft: ClusterDraft): Cluster {
  const spec = {
    apiServer: draft.apiServer,
    clusterKind: draft.clusterKind as ClusterSpec['clusterKind'],
    clusterType: draft.clusterType as ClusterSpec['clusterType'],
    usage: draft.usage as ClusterSpec['usage'],
    hostCluster: draft.hostCluster,
    primaryDomain: draft.primaryDomain,
    workerType: draft.workerType as NonNullable<ClusterSpec['workerType']>,
    components: draft.components as ClusterSpec['components'],
    reservedNamespacesAllowedProducts: draft.reservedNamespacesAllowedProducts,
    productAllowedClusterResources: draft.productAllowedClusterResources,
  };
  return { name, incarnation: `incarnation-${name}`, spec };
}
