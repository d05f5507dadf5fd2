import { defined } from '../../../base/defined.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { action } from '../../../messages/action.ts';
import { message } from '../../../messages/message.ts';
import { NautesError } from '../../../errors/errors.ts';
import { sameJson } from '../../../base/same-json.ts';
import { applyComponent } from '../../../kube/index.ts';
import { describeReference, type KubeObject } from '../../../kube-objects/kube-object.ts';
import { reservedComponentNames, SECRET_ACCESS_COMPONENT } from '../../../resources/inventory.ts';
import { isAccountComponent, isPublication } from '../../../resources/cluster/publication.ts';
import { rolesOf } from '../../../workload-auth/index.ts';
import type { WorkloadAccount, WorkloadAuth, WorkloadRole } from '../../../workload-auth/index.ts';
import type { ControllerServices } from '../runtime/services.ts';
import { done, skipped, type Stage, type StageResult } from '../../../reconcile/stage.ts';
import { reachedCluster, type StageContext, useCluster } from '../runtime/stage-context.ts';
import { credentialStage } from './own-credential.ts';

const REVIEW_BINDING = 'nautes-token-review';

/**
 * Lets others get at secrets: those who deploy find the kubeconfig of the cluster, and its workloads can log in where
 * secrets are kept. What this server may not set up is left to an operator and does not count for Ready.
 */
export const secretAccessStage: Stage<StageContext> = {
  condition: 'SecretAccessReady',
  deadlineMilliseconds: 5 * 60_000,
  run: ensureSecretAccess,
};

/** The stages with this one after the credential, where secrets are kept outside of this server. */
export function withSecretAccessStage(
  stages: readonly Stage<StageContext>[],
  { workloadAuth }: ControllerServices,
): readonly Stage<StageContext>[] {
  if (workloadAuth === undefined) return stages;
  return stages.flatMap((stage) => (stage === credentialStage ? [stage, secretAccessStage] : [stage]));
}

/** True for what the inventory holds besides components of the catalogue. */
export function isBuiltIn(component: string, { workloadAuth }: Pick<ControllerServices, 'workloadAuth'>): boolean {
  if (reservedComponentNames.has(component) || isPublication({ component }) || isAccountComponent(component))
    return true;
  return component === SECRET_ACCESS_COMPONENT && workloadAuth !== undefined;
}

async function ensureSecretAccess(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  const { services, scope } = context;
  const place = await services.secrets.publish(scope, signal);
  const kubeconfig = place === undefined ? [] : [message('SecretAccessReady.kubeconfig', { place })];
  const workloads = await letWorkloadsIn(context, signal);
  const parts = [...kubeconfig, ...(workloads === undefined ? [] : [workloads.message])];
  const text = parts.length === 0 ? message('SecretAccessReady.nothing') : message('SecretAccessReady', { parts });
  if (workloads?.kind === 'impossible') return skipped('WorkloadLoginImpossible', text, workloads.action);
  if (workloads?.kind === 'byOperator') {
    const commands = workloads.commands.join(' && ');
    return skipped('OperatorNeeded', text, action('RunCommands', { commands }));
  }
  return done('SecretAccessReady', text);
}

type State = Awaited<ReturnType<WorkloadAuth['ensure']>>;

async function letWorkloadsIn(context: StageContext, signal: AbortSignal): Promise<State | undefined> {
  const { services, cluster, scope } = context;
  const { workloadAuth, settings } = services;
  if (workloadAuth === undefined) return undefined;
  if (cluster.spec.usage !== 'worker') return keepWorkloadsOut(context, workloadAuth, signal);
  const { roles: rules, policyTemplate } = settings.workloads ?? { roles: [], policyTemplate: '' };
  const roles = rolesOf(cluster, rules, policyTemplate);
  await letReviewTokens(context, workloadAuth.needsTokenReview ? roles : [], signal);
  const { server, certificateAuthority, tlsServerName } = reachedCluster(context).credential.stored.binding;
  const certificateName = defined({ tlsServerName });
  return workloadAuth.ensure({ ...scope, server, certificateAuthority, ...certificateName, roles }, signal);
}

/** Hosts carry other clusters and no workloads that need secrets; what it had as a worker goes. */
async function keepWorkloadsOut(
  context: StageContext,
  workloadAuth: WorkloadAuth,
  signal: AbortSignal,
): Promise<State | undefined> {
  const removal = await workloadAuth.remove(context.scope, signal);
  await letReviewTokens(context, [], signal);
  if (removal.kind !== 'byOperator') return undefined;
  const text = message('OperatorNeeded.login', { place: removal.place, why: removal.reason });
  return { kind: 'byOperator', message: text, commands: [removal.command] };
}

/**
 * Vault asks the cluster about a workload with that workload's own token, so that no reviewer's token lies in Vault and
 * expires there one day. The accounts need the right to ask; it shows them nothing but whose a token is.
 */
async function letReviewTokens(
  context: StageContext,
  roles: readonly WorkloadRole[],
  signal: AbortSignal,
): Promise<void> {
  const { services, cluster, owner } = context;
  const registration = clusterRegistration(context.scope);
  const known = await services.inventory.list(registration);
  const inventory = known.filter(({ component }) => component === SECRET_ACCESS_COMPONENT);
  if (roles.length === 0 && inventory.length === 0) return;
  const report = await useCluster(
    context,
    async (connection) =>
      applyComponent(
        connection,
        {
          component: SECRET_ACCESS_COMPONENT,
          owner,
          namespaces: [],
          objects: roles.length === 0 ? [] : [reviewBinding(roles)],
          inventory,
          recordIntent: (entries) => services.inventory.put(registration, entries),
          adoptForeign: false,
          adoptIncarnations: await services.offboardings.residues({
            kubernetesUid: reachedCluster(context).uid,
            apiServer: cluster.spec.apiServer,
          }),
          ignoreFields: [],
          mode: 'full',
        },
        signal,
      ),
    signal,
  );
  if (!sameJson(report.entries, inventory)) {
    await services.inventory.put(registration, report.entries);
  }
  const gone = report.gone.map((object) => ({ ...object, component: SECRET_ACCESS_COMPONENT }));
  if (gone.length > 0) await services.inventory.remove(registration, gone);
  const [failure] = report.failures;
  if (failure !== undefined) throw failure.error;
  const [foreign] = report.foreign;
  if (foreign !== undefined) throw new NautesError('ObjectForeign', { object: describeReference(foreign.object) });
}

function reviewBinding(roles: readonly WorkloadRole[]): KubeObject {
  const subjects = new Map(
    roles.flatMap(({ accounts }) => accounts).map((account) => [subjectKey(account), subjectOf(account)]),
  );
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: REVIEW_BINDING },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:auth-delegator' },
    subjects: [...subjects].toSorted(([left], [right]) => left.localeCompare(right)).map(([, subject]) => subject),
  };
}

function subjectKey({ namespace, name }: WorkloadAccount): string {
  return `${namespace}/${name}`;
}

function subjectOf({ namespace, name }: WorkloadAccount): Record<string, string> {
  if (name !== '*') return { kind: 'ServiceAccount', namespace, name };
  return { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: `system:serviceaccounts:${namespace}` };
}
