import { NautesError } from '../errors/errors.ts';
import type { CommitInfo } from '../git-store/index.ts';
import { clusterFiles } from '../resources/cluster/cluster-files.ts';
import type { Role } from '../resources/caller.ts';
import type { ClusterDraft } from '../resources/cluster/cluster-draft.ts';
import { clusterNameProblem } from '../resources/cluster/names.ts';
import type { ClusterPlan } from './save/cluster-plan.ts';
import type {
  CallerContext,
  ClusterRegistry,
  DeleteOptions,
  DeleteResult,
  RegisteredCluster,
  RequestContext,
  RotateOptions,
  SaveOptions,
  SaveResult,
} from './cluster-registry.ts';
import { deleteCluster } from './delete/delete-cluster.ts';
import { planCluster } from './save/plan-cluster.ts';
import { rotateCredential } from './rotate-credential.ts';
import { saveCluster } from './save/save-cluster.ts';
import type { RegistryServices, UseCase } from './services.ts';

/** The use cases over the embedded or production parts, whichever the composition chose. */
export class RegistryService implements ClusterRegistry {
  readonly #services: RegistryServices;

  constructor(services: RegistryServices) {
    this.#services = services;
  }

  async authenticate({ token, requestId, signal }: RequestContext): Promise<CallerContext> {
    return { caller: await this.#services.identity.authenticate(token, signal), requestId, signal };
  }

  async authorizeRead({ caller, signal }: CallerContext): Promise<void> {
    await this.#services.identity.authorize(caller, 'reader', 'read clusters', signal);
  }

  async save(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<SaveResult> {
    return saveCluster(this.#useCase(context), { name, draft, options });
  }

  async plan(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<ClusterPlan> {
    return planCluster(this.#useCase(context), { name, draft, options });
  }

  async delete(context: CallerContext, name: string, options: DeleteOptions): Promise<DeleteResult> {
    return deleteCluster(this.#useCase(context), name, options);
  }

  async rotate(context: CallerContext, name: string, options: RotateOptions): Promise<SaveResult> {
    return rotateCredential(this.#useCase(context), name, options);
  }

  #useCase(context: CallerContext): UseCase {
    return { services: this.#services, ...context };
  }

  async lastCommit(context: CallerContext, name: string): Promise<CommitInfo> {
    await this.authorizeRead(context);
    const isName = clusterNameProblem(name) === undefined;
    const commit = isName ? await this.#services.repo.lastCommit(clusterFiles, name, context.signal) : undefined;
    if (commit === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
    return commit;
  }

  async roleOf(context: CallerContext): Promise<Role> {
    const { caller, signal } = context;
    try {
      await this.#services.identity.authorize(caller, 'maintainer', 'register clusters', signal);
      return 'maintainer';
    } catch (error) {
      if (!(error instanceof NautesError && error.reason === 'NoAuthorization')) throw error;
      await this.authorizeRead(context);
      return 'reader';
    }
  }

  async get(context: CallerContext, name: string): Promise<RegisteredCluster> {
    await this.authorizeRead(context);
    const entry = this.#services.repo.snapshot().of(clusterFiles).get(name);
    if (entry === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
    if (entry.resource === undefined) throw entry.problem ?? new NautesError('ClusterNotFound', { cluster: name });
    return { cluster: entry.resource, generation: entry.fileRevision };
  }

  async list(context: CallerContext): Promise<readonly RegisteredCluster[]> {
    await this.authorizeRead(context);
    const registered: RegisteredCluster[] = [];
    for (const { resource, fileRevision } of this.#services.repo.snapshot().of(clusterFiles).values()) {
      if (resource !== undefined) registered.push({ cluster: resource, generation: fileRevision });
    }
    return registered.sort((left, right) => (left.cluster.name < right.cluster.name ? -1 : 1));
  }
}
