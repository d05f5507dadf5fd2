import { clusterRegistration } from '../../resources/cluster/cluster-key.ts';
import { canonicalJson } from '../../base/hash.ts';
import { NautesError } from '../../errors/errors.ts';
import { type Edit, put } from '../../git-store/index.ts';
import type { Message } from '../../messages/text.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { newIncarnation } from '../../resources/incarnation.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import type { SaveResult } from '../cluster-registry.ts';
import { departing, newRecord, recordOffboarding } from '../delete/offboardings.ts';
import { authorizeWrite } from '../authorization.ts';
import { checkAgainstOthers } from '../rules.ts';
import type { UseCase } from '../services.ts';
import type { CheckContext } from './check.ts';
import { problemsIn, warningsIn } from './finding.ts';
import { saveChecks } from './checks.ts';
import { examineDraft, requireValid, type SaveRequest } from './draft.ts';
import { RegistrationChange } from './registration-change.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { classifyUpload } from './upload.ts';

/** How often a save starts over because the registration changed under it. */
const MAXIMUM_ATTEMPTS = 5;
/** What a save takes over from the file as it found it. */
const CREDENTIAL_FIELDS = ['credentialVersion', 'rotationRequest', 'kubernetesUid', 'takeOver'] as const;

/** A save in the order: validate the draft, authorise, check the change, stage the secret, commit. */
export async function saveCluster(useCase: UseCase, request: SaveRequest): Promise<SaveResult> {
  const { services } = useCase;
  const draft = await requireValid(await examineDraft(services, request));
  await authorizeWrite(useCase, 'register');
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt += 1) {
    const change = await RegistrationChange.of(services, draft, request.options, newIncarnation(request.name));
    const result = await new SaveAttempt(useCase, change).run();
    if (result !== 'startOver') return { ...result, warnings: [...draft.warnings, ...result.warnings] };
  }
  throw new NautesError('TooManyRestarts', { cluster: request.name });
}

class SaveAttempt {
  readonly #useCase: UseCase;
  /** With the registration that this attempt found; another one at the commit means starting over. */
  readonly #change: RegistrationChange;
  readonly #context: CheckContext;

  constructor(useCase: UseCase, change: RegistrationChange) {
    this.#useCase = useCase;
    this.#change = change;
    this.#context = { services: useCase.services, change, signal: useCase.signal };
  }

  async run(): Promise<SaveResult | 'startOver'> {
    const warnings = await this.#check();
    await this.#useCase.services.checkState?.();
    const { uploaded, before, kubernetesUid, takeOver } = this.#change;
    const staged = uploaded === undefined ? undefined : await this.#stage(uploaded);
    const cluster = this.#change.cluster({
      credentialVersion: staged?.version ?? before?.credentialVersion,
      rotationRequest: staged?.startsOver === true ? this.#useCase.requestId : before?.rotationRequest,
      kubernetesUid,
      takeOver,
    });
    return this.#commit(cluster, warnings);
  }

  /** Ends at the first check that finds a problem. @returns the warnings of all */
  async #check(): Promise<readonly Message[]> {
    const warnings: Message[] = [];
    for (const check of saveChecks) {
      const findings = await check.find(this.#context);
      const problems = problemsIn(findings);
      const [first] = problems;
      if (first !== undefined) throw check.refusal?.(this.#change, problems) ?? first;
      warnings.push(...warningsIn(findings));
    }
    return warnings;
  }

  /**
   * Stages the uploaded credential. One that was consumed before is dropped again, so that repeating a save changes
   * nothing, unless our own credential no longer works: then it starts over.
   */
  async #stage(credential: StoredCredential): Promise<{ readonly version: string; readonly startsOver: boolean }> {
    const { services, signal } = this.#useCase;
    const { secrets } = services;
    const version = await secrets.stage(credential, signal);
    const upload = await classifyUpload(this.#context, version);
    if (upload === 'alreadyConsumed') await secrets.remove(this.#change.scope, version, signal);
    return { version, startsOver: upload === 'recovery' };
  }

  /** An uploaded credential that another took the place of before it was consumed is of no use any more. */
  async #dropReplaced({ credentialVersion }: Cluster): Promise<void> {
    const { before, scope } = this.#change;
    const replaced = before?.credentialVersion;
    if (replaced === undefined || replaced === credentialVersion) return;
    const { services, signal } = this.#useCase;
    await services.secrets.remove(scope, replaced, signal).catch(() => {}); // else the collector finds it
  }

  /** What was staged for a registration that has gone meanwhile is of no use, and its off-boarding may be over. */
  async #dropStaged({ credentialVersion }: Cluster): Promise<void> {
    const { name, found, before, scope } = this.#change;
    if (credentialVersion === undefined || credentialVersion === before?.credentialVersion) return;
    const { services, signal } = this.#useCase;
    const now = services.repo.snapshot().of(clusterFiles).get(name)?.resource;
    if (found === undefined || now?.incarnation === found.incarnation) return; // another save may have staged it as well
    await services.secrets.remove(scope, credentialVersion, signal).catch(() => {}); // else the collector finds it
  }

  /** The cluster that this one takes the place of goes as if it had been deleted: that is durable before the commit. */
  async #recordReplaced(): Promise<boolean> {
    const { replaced } = this.#change;
    if (replaced === undefined) return false;
    const { services } = this.#useCase;
    const [registration] = await departing(services, replaced.name, replaced);
    if (registration === undefined) return false;
    return recordOffboarding(services, newRecord(this.#useCase, registration, false));
  }

  /**
   * What this attempt carries over and what it has staged is right only for the registration, and the credential of
   * it, that it began with: a rotation or an upload that got in between would be undone.
   */
  #isAsFound(now: Cluster | undefined): boolean {
    const { found, before } = this.#change;
    if (now?.incarnation !== found?.incarnation) return false;
    if (before === undefined) return true;
    const isPausedAsFound = canonicalJson(now?.spec.paused ?? null) === canonicalJson(before.spec.paused ?? null);
    return isPausedAsFound && CREDENTIAL_FIELDS.every((field) => now?.[field] === before[field]);
  }

  /** Who loses the cluster is part of the history. */
  #takeOverTrailer({ takeOver }: Cluster): readonly (readonly [string, string])[] {
    return takeOver === undefined || takeOver === this.#change.before?.takeOver ? [] : [['Take-Over', takeOver]];
  }

  #requireGeneration(generation: string | undefined): void {
    const changed = this.#change.generationProblem(generation);
    if (changed !== undefined) throw changed;
  }

  async #commit(cluster: Cluster, warnings: readonly Message[]): Promise<SaveResult | 'startOver'> {
    const { services, caller, requestId, signal } = this.#useCase;
    const { name, options } = this.#change;
    const skipped: readonly (readonly [string, string])[] = options.skipCheck ? [['Skipped-Check', 'preflight']] : [];
    const isRecorded = await this.#recordReplaced();
    try {
      const { commit, changed, fileRevisions } = await services.repo.change(
        {
          author: caller,
          subject: `Save cluster ${name}`,
          requestId,
          trailers: [['Cluster', name], ['Operation', 'save'], ...skipped, ...this.#takeOverTrailer(cluster)],
          decide: (resources): Edit => {
            const clusters = resources.of(clusterFiles);
            const entry = clusters.get(name);
            if (!this.#isAsFound(entry?.resource)) return [];
            this.#requireGeneration(entry?.fileRevision);
            checkAgainstOthers(cluster, clusters);
            return [put(clusterFiles, cluster)];
          },
          reauthorize: (again) => authorizeWrite(this.#useCase, 'register', again),
        },
        signal,
      );
      const [generation] = fileRevisions;
      if (generation === undefined) {
        await this.#undo(isRecorded);
        await this.#dropStaged(cluster);
        return 'startOver';
      }
      await this.#dropReplaced(cluster);
      return { commit, changed, generation, warnings };
    } catch (error) {
      if (error instanceof NautesError && error.next === 'stalled') await this.#undo(isRecorded);
      throw error;
    }
  }

  /** What the attempt did before a commit that was not made. */
  async #undo(isRecorded: boolean): Promise<void> {
    const { services, signal } = this.#useCase;
    const { isFirst, scope, name, found } = this.#change;
    if (isFirst) await services.secrets.removeAll(scope, signal);
    if (!isRecorded) return;
    await services.offboardings.remove(clusterRegistration({ cluster: name, incarnation: found?.incarnation ?? '' }));
  }
}
