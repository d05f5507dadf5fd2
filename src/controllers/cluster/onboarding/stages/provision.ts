import { clusterKey, clusterRegistration } from '../../../../resources/cluster/cluster-key.ts';
import { message } from '../../../../messages/message.ts';
import { type Abandoned, abandoned } from '../../../../reconcile/outcome.ts';
import { NautesError } from '../../../../errors/errors.ts';
import { OwnedObjectIndex, type ProbeFacts, SharedLooks } from '../../../../kube/index.ts';
import { type Cluster } from '../../../../resources/cluster/cluster.ts';
import { VIRTUAL_CLUSTER_CATEGORY, virtualClusterChoice } from '../../../../resources/cluster/components.ts';
import { HOSTED_COMPONENT } from '../../../../resources/inventory.ts';
import { clusterFacts } from '../../../../render/facts.ts';
import { contact, ProbeTimeout } from '../../../../cluster-access/index.ts';
import { done, type Stage, type StageResult, wait } from '../../../../reconcile/stage.ts';
import type { ComponentOutcome } from './components/component-work.ts';
import { installComponent } from './components/installation.ts';
import { overRegistrations } from '../../runtime/over-registrations.ts';
import { observeComponent } from './components/observation.ts';
import { activePause } from '../../../../resources/cluster/pause.ts';
import { type HostAccess, type StageContext, useHost } from '../../runtime/stage-context.ts';
import { clusterFiles } from '../../../../resources/cluster/cluster-files.ts';
import { readHostedCredential } from '../../credentials/hosted-credential.ts';

const HOST_PAUSE_MILLISECONDS = 3_000;
const KUBECONFIG_PAUSE_MILLISECONDS = 1_000;

/** Makes a virtual cluster on its host, and sees to it that it stays as declared there. */
export const provisionStage: Stage<StageContext> = {
  condition: 'Provisioned',
  deadlineMilliseconds: 15 * 60_000,
  run: provision,
};

async function provision(context: StageContext, signal: AbortSignal): Promise<StageResult | Abandoned> {
  const { services, cluster, scope } = context;
  context.active = await services.credentials.activePointer(scope, signal);
  const registered = registeredHost(context);
  const host = await hostAccess(context, registered, signal);
  if (host === undefined) return waitForHost(context, registered.name);
  const facts = await askHost(context, host, signal);
  if ('outcome' in facts) return facts;
  context.host = host;
  await context.reporter.report({ host: { cluster: registered.name, incarnation: registered.incarnation } });
  const { status, retryMilliseconds, action } = await installOnHost(context, host, facts, signal);
  if (status.phase !== 'Ready') {
    const text = message('Provisioning.onHost', { name: status.name, host: registered.name, what: status.message });
    return wait(status.reason, text, retryMilliseconds, action);
  }
  if (context.active === undefined && (await readHostedCredential(context, signal)) === undefined) {
    const text = message('KubeconfigPending', { name: status.name, host: registered.name });
    return wait('KubeconfigPending', text, KUBECONFIG_PAUSE_MILLISECONDS);
  }
  const { name, version, namespace } = status;
  const port = cluster.spec.vclusterNodePort ?? '';
  return done('Provisioned', message('Provisioned', { name, version, namespace, host: registered.name, port }));
}

/** @throws NautesError `HostUnknown`, `HostIsWorker`, or why the host's file cannot be understood */
function registeredHost({ cluster, services }: StageContext): Cluster {
  const name = cluster.spec.hostCluster ?? '';
  const entry = services.repo.snapshot().of(clusterFiles).get(name);
  if (entry?.problem !== undefined) throw entry.problem;
  if (entry?.resource === undefined) throw new NautesError('HostUnknown', { host: name });
  if (entry.resource.spec.usage !== 'host') throw new NautesError('HostIsWorker', { host: name });
  return entry.resource;
}

/** Our credential on the host; `undefined` while there is none of our own. */
async function hostAccess(
  { services }: StageContext,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<HostAccess | undefined> {
  const scope = { cluster: cluster.name, incarnation: cluster.incarnation };
  const credential = await services.credentials.active(scope, signal);
  return credential?.stored.origin === 'issued' ? { cluster, credential } : undefined;
}

async function waitForHost({ services }: StageContext, host: string): Promise<StageResult> {
  const ready = (await services.status.get(clusterKey(host)))?.conditions.find(({ type }) => type === 'Ready');
  const isNew = ready === undefined || ready.status === 'True';
  const why = isNew ? message('HostNotReady.new') : ready.message;
  return wait('HostNotReady', message('HostNotReady.why', { host, why }), HOST_PAUSE_MILLISECONDS, ready?.action);
}

/** @throws NautesError `HostUnreachable`: the host is the cause, whatever it is about */
async function askHost(context: StageContext, host: HostAccess, signal: AbortSignal): Promise<ProbeFacts | Abandoned> {
  try {
    return await useHost(
      context,
      host,
      (connection) => contact(connection, context.contactMilliseconds, signal),
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProbeTimeout) return abandoned;
    if (!(error instanceof NautesError)) throw error;
    throw new NautesError('HostUnreachable', { host: host.cluster.name, problem: error.said }, { cause: error });
  }
}

async function installOnHost(
  context: StageContext,
  host: HostAccess,
  facts: ProbeFacts,
  signal: AbortSignal,
): Promise<ComponentOutcome> {
  const { services, cluster } = context;
  const definition = services.catalog.defaultFor(VIRTUAL_CLUSTER_CATEGORY);
  if (definition === undefined) throw new NautesError('ComponentUnknown', { component: VIRTUAL_CLUSTER_CATEGORY });
  const inventory = await services.inventory.list(clusterRegistration(context.scope));
  const isOver = await overRegistrations(services);
  const hosted = {
    category: VIRTUAL_CLUSTER_CATEGORY,
    choice: virtualClusterChoice(cluster.name, definition.name),
    definition,
    facts: clusterFacts(cluster, services.settings.render, host.cluster),
    kubernetesVersion: facts.version.replace(/^v/, ''),
  } as const;
  const installed = inventory.filter(({ component }) => component === HOSTED_COMPONENT);
  const isPaused = context.paused !== undefined || activePause(host.cluster.spec, services.clock.now()) !== undefined;
  if (isPaused) {
    return useHost(
      context,
      host,
      (connection) => observeComponent(context, { component: hosted, entries: installed, connection }, signal),
      signal,
    );
  }
  return useHost(
    context,
    host,
    (connection) =>
      installComponent(
        {
          ...hosted,
          context,
          connection,
          render: () => services.renderer.render(hosted, signal),
          owner: HOSTED_COMPONENT,
          isOver,
          predecessors: { apiServer: cluster.spec.apiServer },
          inventory: installed,
          ownedObjects: new OwnedObjectIndex(connection, context.owner),
          looks: new SharedLooks(context.owner),
          onApplied: () => {},
        },
        signal,
      ),
    signal,
  );
}
