import { authorizeRead, authorizeWrite, roleOf } from './authorization.ts';
import type { CommitInfo } from '../git-store/index.ts';
import type { Role } from '../resources/caller.ts';
import type { ClusterStatus } from '../resources/cluster/cluster-status.ts';
import type { ClusterDraft } from '../resources/cluster/cluster-draft.ts';
import type { ClusterPlan } from './save/cluster-plan.ts';
import type {
  CallerContext,
  ClusterListing,
  ClusterRegistry,
  DeleteOptions,
  DeleteResult,
  PauseOptions,
  RegisteredCluster,
  RequestContext,
  RotateOptions,
  SaveOptions,
  SaveResult,
  SyncResult,
} from './cluster-registry.ts';
import { deleteCluster } from './delete/delete-cluster.ts';
import type { DeletionPlan } from './delete/deletion-plan.ts';
import { planDeletion } from './delete/plan-deletion.ts';
import { pauseCluster, resumeCluster } from './pause-cluster.ts';
import { planCluster } from './save/plan-cluster.ts';
import { getCluster, lastCommit, listClusters } from './read/read-clusters.ts';
import { getStatus, listStatuses } from './read/read-statuses.ts';
import { rotateCredential } from './rotate-credential.ts';
import { syncCluster } from './sync-cluster.ts';
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

  async authorizeRead(context: CallerContext): Promise<void> {
    return authorizeRead(this.#useCase(context));
  }

  async authorizeSave(context: CallerContext): Promise<void> {
    return authorizeWrite(this.#useCase(context), 'register');
  }

  async roleOf(context: CallerContext): Promise<Role> {
    return roleOf(this.#useCase(context));
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

  async planDeletion(context: CallerContext, name: string, options: DeleteOptions): Promise<DeletionPlan> {
    return planDeletion(this.#useCase(context), name, options);
  }

  async rotate(context: CallerContext, name: string, options: RotateOptions): Promise<SaveResult> {
    return rotateCredential(this.#useCase(context), name, options);
  }

  async pause(context: CallerContext, name: string, options: PauseOptions): Promise<SaveResult> {
    return pauseCluster(this.#useCase(context), name, options);
  }

  async resume(context: CallerContext, name: string, options: Pick<PauseOptions, 'ifMatch'>): Promise<SaveResult> {
    return resumeCluster(this.#useCase(context), name, options);
  }

  async sync(context: CallerContext, name: string): Promise<SyncResult> {
    return syncCluster(this.#useCase(context), name);
  }

  async get(context: CallerContext, name: string): Promise<RegisteredCluster> {
    return getCluster(this.#useCase(context), name);
  }

  async list(context: CallerContext): Promise<ClusterListing> {
    return listClusters(this.#useCase(context));
  }

  async status(context: CallerContext, name: string): Promise<ClusterStatus> {
    return getStatus(this.#useCase(context), name);
  }

  async statuses(context: CallerContext): Promise<readonly ClusterStatus[]> {
    return listStatuses(this.#useCase(context));
  }

  async lastCommit(context: CallerContext, name: string): Promise<CommitInfo> {
    return lastCommit(this.#useCase(context), name);
  }

  #useCase(context: CallerContext): UseCase {
    return { services: this.#services, ...context };
  }
}
