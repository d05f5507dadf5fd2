import { NautesError } from '../base/errors.ts';
import type { ClusterDraft } from '../model/cluster-draft.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import type {
  CallerContext,
  ClusterRegistry,
  DeleteOptions,
  DeleteResult,
  RegisteredCluster,
  RequestContext,
  SaveOptions,
  SaveResult,
} from './cluster-registry.ts';
import { deleteCluster } from './delete-cluster.ts';
import { planCluster } from './plan-cluster.ts';
import { saveCluster } from './save-cluster.ts';
import type { RegistryServices } from './services.ts';

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
    return saveCluster(this.#services, context, name, draft, options);
  }

  async plan(context: CallerContext, name: string, draft: ClusterDraft, options: SaveOptions): Promise<ClusterPlan> {
    return planCluster(this.#services, context, name, draft, options);
  }

  async delete(context: CallerContext, name: string, options: DeleteOptions): Promise<DeleteResult> {
    return deleteCluster(this.#services, context, name, options);
  }

  async get(context: CallerContext, name: string): Promise<RegisteredCluster> {
    await this.authorizeRead(context);
    const entry = this.#services.repo.snapshot().clusters.get(name);
    if (entry === undefined) throw new NautesError('ClusterNotFound', { cluster: name });
    if (entry.cluster === undefined) throw entry.problem ?? new NautesError('ClusterNotFound', { cluster: name });
    return { cluster: entry.cluster, generation: entry.generation };
  }

  async list(context: CallerContext): Promise<readonly RegisteredCluster[]> {
    await this.authorizeRead(context);
    const registered: RegisteredCluster[] = [];
    for (const { cluster, generation } of this.#services.repo.snapshot().clusters.values()) {
      if (cluster !== undefined) registered.push({ cluster, generation });
    }
    return registered.sort((left, right) => (left.cluster.name < right.cluster.name ? -1 : 1));
  }
}
