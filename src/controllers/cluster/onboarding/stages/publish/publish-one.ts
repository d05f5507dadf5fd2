import { defined } from '../../../../../base/defined.ts';
import { parseYaml } from '../../../../../base/yaml.ts';
import { asNautesError, NautesError } from '../../../../../errors/errors.ts';
import { message } from '../../../../../messages/message.ts';
import { describeReference, type KubeObject } from '../../../../../kube-objects/kube-object.ts';
import { explain, type Explanation } from '../../../../../reconcile/stage.ts';
import {
  placeOf,
  type Publication,
  type PublicationPlace,
  type PublicationReport,
  type PublishedCluster,
  TargetAccount,
} from '../../../../../publish/index.ts';
import { clusterFiles } from '../../../../../resources/cluster/cluster-files.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import {
  accountComponent,
  publicationComponent,
  type PublicationName,
  type PublicationStatus,
} from '../../../../../resources/cluster/publication.ts';
import { publicationCount } from '../../../runtime/metrics.ts';
import { withPlace } from '../../../runtime/publications.ts';
import { reachedCluster, type StageContext, useCluster } from '../../../runtime/stage-context.ts';

const EVENTS = {
  published: 'PublicationWritten',
  updated: 'PublicationUpdated',
  renewed: 'PublicationRenewed',
  repaired: 'PublicationRepaired',
} as const;

/** Publishes the cluster in one way. What goes wrong becomes the part of this publication, and keeps no other back. */
export async function publishOne(
  context: StageContext,
  { publication, management }: PublicationPlace,
  signal: AbortSignal,
): Promise<PublicationStatus> {
  const { services, owner, reporter, scope } = context;
  const place = placeOf(management);
  const { name } = publication;
  const object = describeReference(publication.objectOf(owner));
  const where = `${object} in ${place}`;
  const component = publicationComponent(name, place);
  const known = await services.inventory.list(clusterRegistration(scope));
  const entries = known.filter((entry) => entry.component === component);
  const isThere = entries.some(({ uid }) => uid !== '');
  if (!isThere && context.isHeldUp && services.publishing?.when === 'Ready') {
    return { name, where, since: '', reason: 'WaitsForReady', message: message('PublicationWaits') };
  }
  try {
    const report = await run(context, { publication, management, component }, entries, signal);
    await tell(context, publication, report);
    const text = message('Published.where', { object, place });
    return { name, where, since: report.since, reason: 'Published', message: text };
  } catch (error) {
    signal.throwIfAborted();
    const { reason, message: problem, action } = explainFailure(context, name, error);
    const text = message('Published.problem', { object, place, problem });
    const since = reporter.status.published?.find((part) => part.where === where)?.since ?? '';
    return { name, where, since, reason, message: text, ...(action && { action }) };
  }
}

/** Counts a failure and says why; a mistake of ours is logged as well. */
export function explainFailure(
  { services, cluster }: StageContext,
  name: PublicationName,
  error: unknown,
): Explanation {
  services.metrics?.add(publicationCount, { publication: name, result: 'failed' });
  if (!(error instanceof NautesError)) {
    services.logger.error({ cluster: cluster.name, publication: name, error }, 'unexpected error in publishing');
  }
  return explain(asNautesError(error));
}

interface PublishRequest extends PublicationPlace {
  readonly component: string;
}

function run(
  context: StageContext,
  { publication, management, component }: PublishRequest,
  entries: Parameters<typeof withPlace>[2]['entries'],
  signal: AbortSignal,
): Promise<PublicationReport> {
  const account = accountOf(context, publication, signal);
  return withPlace(
    context.services,
    context.scope,
    { management, component, entries },
    (scope, deadline) => publication.publish(publishedCluster(context), scope, account, deadline),
    signal,
  );
}

function publishedCluster(context: StageContext): PublishedCluster {
  const { server, certificateAuthority, tlsServerName, proxyUrl } = reachedCluster(context).credential.stored.binding;
  return {
    owner: context.owner,
    spec: context.cluster.spec,
    document: parseYaml(context.services.repo.preview(clusterFiles, context.cluster).file) as KubeObject,
    status: context.reporter.status,
    binding: { server, certificateAuthority, ...defined({ tlsServerName, proxyUrl }) },
  };
}

/** The account on the cluster for those who find it by this publication. */
export function accountOf(context: StageContext, { name }: Publication, signal: AbortSignal): TargetAccount {
  const { services, cluster, owner, scope } = context;
  const registration = clusterRegistration(scope);
  const component = accountComponent(name);
  return new TargetAccount({
    owner,
    component,
    suffix: name,
    use: (action) => useCluster(context, action, signal),
    inventory: {
      list: async () => (await services.inventory.list(registration)).filter((entry) => entry.component === component),
      put: (entries) => services.inventory.put(registration, entries),
      remove: (entries) => services.inventory.remove(registration, entries),
    },
    adoptIncarnations: () =>
      services.offboardings.residues({
        kubernetesUid: reachedCluster(context).uid,
        apiServer: cluster.spec.apiServer,
      }),
  });
}

async function tell({ services, reporter }: StageContext, { name }: Publication, report: PublicationReport) {
  for (const { kind, message: text } of report.changes) {
    services.metrics?.add(publicationCount, { publication: name, result: kind });
    await reporter.event(kind === 'repaired' ? 'Warning' : 'Normal', EVENTS[kind], text, 'Published');
  }
}
