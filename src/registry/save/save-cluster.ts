import { NautesError } from '../../errors/errors.ts';
import type { Edit } from '../../git-store/config-repo.ts';
import type { KubeconfigCredential } from '../../kube/index.ts';
import type { Cluster, ClusterSpec } from '../../resources/cluster/cluster.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import { newIncarnation } from '../../resources/incarnation.ts';
import type { CallerContext, SaveOptions, SaveResult } from '../cluster-registry.ts';
import { checkChangeLosesNothing } from '../losses.ts';
import { requireValidDraft } from './draft.ts';
import { newRecord, recordOffboarding, registrationOf } from '../delete/offboarding-record.ts';
import { preflightCluster, type PreflightResult } from './preflight.ts';
import { preflightVirtualCluster } from './preflight-virtual.ts';
import { checkAgainstOthers } from '../rules.ts';
import { SaveSubject } from './registration-change.ts';
import type { RegistryServices } from '../services.ts';

/** How often a save starts over because the registration changed under it. */
const MAXIMUM_ATTEMPTS = 5;
/** What a save takes over from the file as it found it. */
const CREDENTIAL_FIELDS = ['credentialVersion', 'rotationRequest', 'kubernetesUid'] as const;

/** A save in the order: validate the shape, authorise, check against the others, preflight, stage the secret, commit. */
export async function saveCluster(
  services: RegistryServices,
  context: CallerContext,
  name: string,
  draft: ClusterDraft,
  options: SaveOptions,
): Promise<SaveResult> {
  const { spec, credential, warnings, resolved } = await requireValidDraft(services, name, draft);
  const authorize = (signal: AbortSignal): Promise<void> =>
    services.identity.authorize(context.caller, 'maintainer', 'register clusters', signal);
  await authorize(context.signal);
  throwIfAny((await resolved).problem);

  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt += 1) {
    const request = { name, spec, credential, options, authorize };
    const asked = { name, spec, hasKubeconfig: credential !== undefined, ifMatch: options.ifMatch };
    const subject = await SaveSubject.of(services, asked, newIncarnation(name));
    const result = await new SaveAttempt(services, context, request, subject).run();
    if (result !== 'startOver') return { ...result, warnings: [...warnings, ...result.warnings] };
  }
  throw new NautesError('TooManyRestarts', { cluster: name });
}

function throwIfAny(problem: NautesError | undefined): void {
  if (problem !== undefined) throw problem;
}

interface SaveRequest {
  readonly name: string;
  readonly spec: ClusterSpec;
  readonly credential: KubeconfigCredential | undefined;
  readonly options: SaveOptions;
  readonly authorize: (signal: AbortSignal) => Promise<void>;
}

/** Thrown inside `decide` when the registration or its credential is no longer the one that the attempt began with. */
class StartOver extends NautesError<'TooManyRestarts'> {
  constructor(cluster: string) {
    super('TooManyRestarts', { cluster });
  }
}

class SaveAttempt {
  readonly #services: RegistryServices;
  readonly #context: CallerContext;
  readonly #request: SaveRequest;
  /** With the registration that this attempt found; another one at the commit means starting over. */
  readonly #subject: SaveSubject;

  constructor(services: RegistryServices, context: CallerContext, request: SaveRequest, subject: SaveSubject) {
    this.#services = services;
    this.#context = context;
    this.#request = request;
    this.#subject = subject;
  }

  async run(): Promise<SaveResult | 'startOver'> {
    const { credential, options, name } = this.#request;
    const { before, found } = this.#subject;
    const { signal } = this.#context;
    const { clusters } = this.#services.repo.snapshot();
    throwIfAny(this.#subject.generationProblem(clusters.get(name)?.generation));
    checkAgainstOthers(this.#subject.cluster({}), clusters);
    throwIfAny(this.#subject.kubeconfigProblem());
    if (found !== undefined) await checkChangeLosesNothing(this.#services, found, this.#subject.cluster({}), signal);
    const uploaded = credential === undefined ? undefined : this.#subject.uploaded(credential);
    const { uid, warnings } = options.skipCheck
      ? { uid: before?.kubernetesUid, warnings: [] }
      : await this.#check(uploaded);
    const staged = uploaded === undefined ? undefined : await this.#stage(uploaded);
    const cluster = this.#subject.cluster({
      credentialVersion: staged?.version ?? before?.credentialVersion,
      rotationRequest: staged?.startsOver === true ? this.#context.requestId : before?.rotationRequest,
      kubernetesUid: uid,
    });
    return this.#commit(cluster, warnings);
  }

  /** Asks the cluster itself, or for a virtual one its host. */
  async #check(uploaded: StoredCredential | undefined): Promise<PreflightResult> {
    const { signal } = this.#context;
    if (this.#subject.isVirtual) return preflightVirtualCluster(this.#services, this.#subject.cluster({}), signal);
    const presented = uploaded ?? (await this.#subject.stored(signal));
    const registeredUid = this.#subject.before?.kubernetesUid;
    return preflightCluster(this.#services, this.#request, presented, registeredUid, signal);
  }

  /**
   * Stages the uploaded credential. One that was consumed before is dropped again, so that repeating a save changes
   * nothing, unless our own credential no longer works: then it starts over.
   */
  async #stage(credential: StoredCredential): Promise<{ readonly version: string; readonly startsOver: boolean }> {
    const { secrets } = this.#services;
    const { signal } = this.#context;
    const version = await secrets.stage(credential, signal);
    const novelty = await this.#subject.novelty(version, !this.#request.options.skipCheck, signal);
    if (novelty === 'repeated') await secrets.remove(this.#subject.scope, version, signal);
    return { version, startsOver: novelty === 'rescue' };
  }

  /** An uploaded credential that another took the place of before it was consumed is of no use any more. */
  async #dropReplaced({ credentialVersion }: Cluster): Promise<void> {
    const { before, scope } = this.#subject;
    const replaced = before?.credentialVersion;
    if (replaced === undefined || replaced === credentialVersion) return;
    const { secrets } = this.#services;
    await secrets.remove(scope, replaced, this.#context.signal).catch(() => {}); // else the collector finds it
  }

  /** The cluster that this one takes the place of goes as if it had been deleted: that is durable before the commit. */
  async #recordReplaced(): Promise<boolean> {
    const { replaced } = this.#subject;
    if (replaced === undefined) return false;
    const registration = await registrationOf(this.#services, replaced.name, replaced);
    if (registration === undefined) return false;
    return recordOffboarding(this.#services, newRecord(this.#services, this.#context, registration, false));
  }

  /**
   * What this attempt carries over and what it has staged is right only for the registration, and the credential of
   * it, that it began with: a rotation or an upload that got in between would be undone.
   */
  #isAsFound(now: Cluster | undefined): boolean {
    const { found, before } = this.#subject;
    if (now?.incarnation !== found?.incarnation) return false;
    return before === undefined || CREDENTIAL_FIELDS.every((field) => now?.[field] === before[field]);
  }

  async #commit(cluster: Cluster, warnings: readonly string[]): Promise<SaveResult | 'startOver'> {
    const { caller, requestId, signal } = this.#context;
    const { name, options } = this.#request;
    const skipped: readonly (readonly [string, string])[] = options.skipCheck ? [['Skipped-Check', 'preflight']] : [];
    const isRecorded = await this.#recordReplaced();
    try {
      const { commit, changed, generation } = await this.#services.repo.change(
        {
          author: caller,
          subject: `Save cluster ${name}`,
          requestId,
          trailers: [['Cluster', name], ['Operation', 'save'], ...skipped],
          decide: (clusters): Edit => {
            const entry = clusters.get(name);
            if (!this.#isAsFound(entry?.cluster)) throw new StartOver(name);
            throwIfAny(this.#subject.generationProblem(entry?.generation));
            checkAgainstOthers(cluster, clusters);
            return { name, cluster };
          },
          reauthorize: (again) => this.#request.authorize(again),
        },
        signal,
      );
      await this.#dropReplaced(cluster);
      return { commit, changed, generation, warnings };
    } catch (error) {
      const isRefused = error instanceof StartOver || (error instanceof NautesError && error.next === 'stalled');
      if (isRefused && this.#subject.isFirst) await this.#services.secrets.removeAll(this.#subject.scope, signal);
      if (isRefused && isRecorded)
        await this.#services.status.removeOffboarding(this.#subject.found?.incarnation ?? '');
      if (error instanceof StartOver) return 'startOver';
      throw error;
    }
  }
}
