import { clusterKey } from '../../resources/cluster/cluster-key.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { reportedViolations } from '../../errors/violation.ts';
import { authorizeWrite } from '../authorization.ts';
import type { UseCase } from '../services.ts';
import type { CheckContext, SaveCheck } from './check.ts';
import { type Finding, problem } from './finding.ts';
import { saveChecks } from './checks.ts';
import { ASSIGNED_BY_SAVE, type ClusterPlan, type PlanFinding } from './cluster-plan.ts';
import { addressFindings, type ExaminedDraft, examineDraft, isComplete, type SaveRequest } from './draft.ts';
import { publicationFindings } from './publication-findings.ts';
import { plannedComponents } from './planned-components.ts';
import { type CredentialFields, RegistrationChange } from './registration-change.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { classifyUpload } from './upload.ts';

/**
 * What a save of the draft would do and everything that it would be refused for: all of its checks, and nothing is
 * staged, written or changed on the cluster.
 * @throws NautesError only when it cannot be found out, or when the caller may not save
 */
export async function planCluster(useCase: UseCase, request: SaveRequest): Promise<ClusterPlan> {
  const { services, signal } = useCase;
  await authorizeWrite(useCase, 'plan');
  const draft = await examineDraft(services, request);
  const entry = services.repo.snapshot().of(clusterFiles).get(request.name);
  const present = { before: entry?.resource, generation: entry?.fileRevision ?? '' };
  if (!isComplete(draft)) {
    const findings = [...draftFindings(draft), ...(await addressFindings(draft)).map(planFinding)];
    return { ...present, changed: false, components: [], findings, file: '' };
  }
  const change = await RegistrationChange.of(services, draft, request.options, ASSIGNED_BY_SAVE);
  const context: CheckContext = { services, change, signal };
  const findings = [...(await allFindings(context)), ...(await publicationFindings(context))];
  const { fields, kubeconfig } = await plannedCredential(context);
  const after = change.cluster({ ...fields, kubernetesUid: change.kubernetesUid, takeOver: change.takeOver });
  const preview = previewOf(services.repo, after);
  return {
    ...present,
    after,
    kubeconfig,
    components: await componentsOf(context, after),
    changed: preview.changed,
    file: preview.file,
    findings: [
      ...draftFindings(draft),
      ...[...findings, ...preview.findings].map((finding) => withSuggestion(planFinding(finding), finding, after)),
    ],
  };
}

/** Runs every check; one whose answer cannot be had is a finding as well. */
async function allFindings(context: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of saveChecks) findings.push(...(await findingsOf(check, context)));
  return findings;
}

async function findingsOf(check: SaveCheck, context: CheckContext): Promise<readonly Finding[]> {
  try {
    return await check.find(context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof NautesError)) throw error;
    return problem('', error);
  }
}

interface PlannedCredential {
  readonly fields: CredentialFields;
  readonly kubeconfig?: ClusterPlan['kubeconfig'];
}

/** What the file would say of the credential, and what the kubeconfig of the request is to the one before. */
async function plannedCredential(context: CheckContext): Promise<PlannedCredential> {
  const { services, change, signal } = context;
  const { uploaded, isFirst } = change;
  const { credentialVersion, rotationRequest } = change.before ?? {};
  if (uploaded === undefined) return { fields: { credentialVersion, rotationRequest } };
  if (isFirst) return { fields: { credentialVersion: ASSIGNED_BY_SAVE }, kubeconfig: 'new' };
  const version = await services.secrets.versionOf(uploaded, signal);
  const isRecovery = (await classifyUpload(context, version)) === 'recovery';
  const kubeconfig = credentialVersion === undefined ? 'new' : version === credentialVersion ? 'same' : 'different';
  return {
    fields: { credentialVersion: version, rotationRequest: isRecovery ? ASSIGNED_BY_SAVE : rotationRequest },
    kubeconfig,
  };
}

async function componentsOf({ services, change }: CheckContext, after: Cluster): Promise<ClusterPlan['components']> {
  const { catalog, facts = {} } = services;
  const status = await services.status.get(clusterKey(change.name));
  return plannedComponents(change.before, after, { catalog, facts, status });
}

function previewOf(
  repo: UseCase['services']['repo'],
  after: Cluster,
): Pick<ClusterPlan, 'file' | 'changed'> & { readonly findings: readonly Finding[] } {
  try {
    return { ...repo.preview(clusterFiles, after), findings: [] };
  } catch (error) {
    return { file: '', changed: false, findings: problem('', asNautesError(error)) };
  }
}

function draftFindings({ violations, warnings }: ExaminedDraft): readonly PlanFinding[] {
  const broken = reportedViolations(violations).map((violation) => ({
    reason: 'ClusterInvalid',
    ...violation,
    blocking: true,
  }));
  return [...broken, ...warnings.map((warning) => planFinding({ warning }))];
}

/** A taken node port comes with one that is free. */
function withSuggestion(planned: PlanFinding, finding: Finding, { spec }: Cluster): PlanFinding {
  const value = 'error' in finding ? finding.error.metadata['suggestion'] : undefined;
  if (value === undefined) return planned;
  const { port: shown } = planned.said.params;
  const taken = typeof shown === 'string' || typeof shown === 'number' ? String(shown) : '';
  const gateway = Object.entries(spec.components.gateway?.additions ?? {}).find(([, port]) => port === taken);
  if (String(spec.vclusterNodePort) === taken) return { ...planned, suggestion: { field: VCLUSTER_PORT, value } };
  if (gateway === undefined) return planned;
  return { ...planned, suggestion: { field: `components_list.gateway.additions.${gateway[0]}`, value } };
}

/** The node port of a virtual cluster on the wire. */
const VCLUSTER_PORT = 'vcluster.httpsNodePort';

function planFinding(finding: Finding): PlanFinding {
  if ('warning' in finding) {
    return { reason: 'Warning', field: '', said: finding.warning, blocking: false };
  }
  const { reason, said, action } = finding.error;
  return { reason, field: finding.field, said, action, blocking: true };
}
