import { asNautesError, type NautesError } from '../../errors/errors.ts';
import type { ClusterDraft } from '../../resources/cluster/cluster-draft.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import { reportedViolations } from '../../resources/violation.ts';
import { ASSIGNED_BY_SAVE, type ClusterPlan, type PlanFinding } from './cluster-plan.ts';
import type { CallerContext, SaveOptions } from '../cluster-registry.ts';
import { checkChangeLosesNothing } from '../losses.ts';
import { examineDraft, type ExaminedDraft, type ValidDraft } from './draft.ts';
import { plannedComponents } from './planned-components.ts';
import { examineCluster, type PreflightFindings } from './preflight.ts';
import { examineVirtualCluster } from './preflight-virtual.ts';
import { problemsWithOthers } from '../rules.ts';
import { type CredentialFields, SaveSubject } from './registration-change.ts';
import type { RegistryServices } from '../services.ts';

/**
 * What a save of the draft would do and everything that it would be refused for: all of its checks, and nothing is
 * staged, written or changed on the cluster.
 * @throws NautesError only when it cannot be found out, or when the caller may not save
 */
export async function planCluster(
  services: RegistryServices,
  context: CallerContext,
  name: string,
  draft: ClusterDraft,
  options: SaveOptions,
): Promise<ClusterPlan> {
  await services.identity.authorize(context.caller, 'maintainer', 'plan changes of clusters', context.signal);
  const examined = await examineDraft(services, name, draft);
  const { spec } = examined;
  const entry = services.repo.snapshot().clusters.get(name);
  const present = {
    ...(entry?.cluster === undefined ? {} : { before: entry.cluster }),
    generation: entry?.generation ?? '',
  };
  if (spec === undefined) {
    return { ...present, changed: false, components: [], findings: draftFindings(examined), file: '' };
  }
  const asked = { name, spec, hasKubeconfig: draft.kubeconfig !== undefined, ifMatch: options.ifMatch };
  const subject = await SaveSubject.of(services, asked, ASSIGNED_BY_SAVE);
  const plan = new Plan(services, context, { name, options, draft: { ...examined, spec }, subject });
  return { ...present, ...(await plan.make(present.generation)) };
}

interface PlanRequest {
  readonly name: string;
  readonly options: SaveOptions;
  readonly draft: ValidDraft;
  readonly subject: SaveSubject;
}

class Plan {
  readonly #services: RegistryServices;
  readonly #context: CallerContext;
  readonly #request: PlanRequest;
  readonly #findings: PlanFinding[];

  constructor(services: RegistryServices, context: CallerContext, request: PlanRequest) {
    this.#services = services;
    this.#context = context;
    this.#request = request;
    this.#findings = draftFindings(request.draft);
  }

  async make(generation: string): Promise<Omit<ClusterPlan, 'before' | 'generation'>> {
    const { subject, draft, name } = this.#request;
    const { repo, catalog, status, facts = {} } = this.#services;
    const addressProblem = (await draft.resolved).problem;
    this.#report('api_server', addressProblem);
    this.#report('', subject.generationProblem(generation));
    this.#report('kubeconfig', subject.kubeconfigProblem());
    const uploaded = draft.credential === undefined ? undefined : subject.uploaded(draft.credential);
    await this.#checkLosses();
    const uid = addressProblem === undefined ? await this.#askCluster(uploaded) : subject.before?.kubernetesUid;
    const credential = await this.#credentialFields(uploaded);
    const after = subject.cluster({ ...credential.fields, kubernetesUid: uid });
    for (const problem of problemsWithOthers(after, repo.snapshot().clusters)) this.#report('', problem);
    const components = plannedComponents(subject.before, after, { catalog, facts, status: await status.status(name) });
    return {
      after,
      ...(credential.kubeconfig === undefined ? {} : { kubeconfig: credential.kubeconfig }),
      components,
      ...this.#preview(after),
      findings: this.#findings,
    };
  }

  /** What its users have made and the change would destroy. */
  async #checkLosses(): Promise<void> {
    const { subject } = this.#request;
    const { signal } = this.#context;
    if (subject.found === undefined) return;
    try {
      await checkChangeLosesNothing(this.#services, subject.found, subject.cluster({}), signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#report('', asNautesError(error));
    }
  }

  /** The preflight, as far as there is a credential for it. Gives the identity that the file would have. */
  async #askCluster(uploaded: StoredCredential | undefined): Promise<string | undefined> {
    const { subject, options } = this.#request;
    const known = subject.before?.kubernetesUid;
    if (options.skipCheck) return known;
    const found = await this.#examine(uploaded);
    if (found === undefined) return known;
    for (const problem of found.problems) this.#report('', problem);
    this.#report('', found.identityProblem);
    this.#findings.push(...found.warnings.map(warning));
    return found.uid ?? known;
  }

  async #examine(uploaded: StoredCredential | undefined): Promise<PreflightFindings | undefined> {
    const { subject, draft, name } = this.#request;
    const { signal } = this.#context;
    if (subject.isVirtual) return examineVirtualCluster(this.#services, subject.cluster({}), signal);
    const presented = uploaded ?? (await this.#storedCredential());
    if (presented === undefined) return undefined;
    const request = { name, spec: draft.spec };
    return examineCluster(this.#services, request, presented, subject.before?.kubernetesUid, signal);
  }

  /** The credential in use, for requests without a kubeconfig that need none. */
  async #storedCredential(): Promise<StoredCredential | undefined> {
    const { subject, draft } = this.#request;
    const isGiven = draft.violations.some(({ field }) => field === 'kubeconfig');
    if (isGiven || subject.kubeconfigProblem() !== undefined || subject.before === undefined) return undefined;
    try {
      return await subject.stored(this.#context.signal);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#report('kubeconfig', asNautesError(error));
      return undefined;
    }
  }

  async #credentialFields(
    uploaded: StoredCredential | undefined,
  ): Promise<{ readonly fields: CredentialFields; readonly kubeconfig?: ClusterPlan['kubeconfig'] }> {
    const { subject, options } = this.#request;
    const { credentialVersion, rotationRequest } = subject.before ?? {};
    if (uploaded === undefined) return { fields: { credentialVersion, rotationRequest } };
    if (subject.isFirst) return { fields: { credentialVersion: ASSIGNED_BY_SAVE }, kubeconfig: 'new' };
    const { signal } = this.#context;
    const version = await this.#services.secrets.versionOf(uploaded, signal);
    const novelty = await subject.novelty(version, !options.skipCheck, signal);
    const startsOver = novelty === 'rescue' ? ASSIGNED_BY_SAVE : rotationRequest;
    const kubeconfig = credentialVersion === undefined ? 'new' : version === credentialVersion ? 'same' : 'different';
    return { fields: { credentialVersion: version, rotationRequest: startsOver }, kubeconfig };
  }

  #preview(after: NonNullable<ClusterPlan['after']>): Pick<ClusterPlan, 'file' | 'changed'> {
    try {
      return this.#services.repo.preview(after);
    } catch (error) {
      this.#report('', asNautesError(error));
      return { file: '', changed: false };
    }
  }

  #report(field: string, problem: NautesError | undefined): void {
    if (problem === undefined) return;
    const { reason, message, remedy } = problem;
    this.#findings.push({ reason, field, message, remedy, blocking: true });
  }
}

function draftFindings({ violations, warnings }: ExaminedDraft): PlanFinding[] {
  const broken = reportedViolations(violations).map((violation) => ({
    reason: 'ClusterInvalid',
    ...violation,
    blocking: true,
  }));
  return [...broken, ...warnings.map(warning)];
}

function warning(message: string): PlanFinding {
  return { reason: 'Warning', field: '', message, remedy: '', blocking: false };
}
