import { CLUSTER_KIND } from '../../resources/cluster/cluster-key.ts';
import { withDeadline } from '../../base/async/timing.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import { DEFAULT_NODE_PORTS, makerOfNamespace, nodePortFindings, outsideRange } from '../../kube/index.ts';
import { INCARNATION_LABEL, isOfFormer, type ObjectHead } from '../../kube-objects/kube-object.ts';
import { message } from '../../messages/message.ts';
import { readApiServer } from '../../resources/cluster/api-server.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { virtualClusterChoice } from '../../resources/cluster/components.ts';
import { formerHolder } from '../../resources/cluster/holder.ts';
import { holderFindings } from './holder-findings.ts';
import type { CheckContext } from './check.ts';
import type { Finding, Remark } from './finding.ts';

/** A host that has not answered by then is asked later: by the controllers, which wait for it. */
const HOST_TIMEOUT_MILLISECONDS = 10_000;

/**
 * Checks a virtual cluster by asking its host, on which nothing is changed. A host that is not ready is no obstacle: the
 * virtual cluster waits for it, visibly.
 */
export async function preflightVirtual(context: CheckContext): Promise<readonly Finding[]> {
  const { services, change, signal } = context;
  const host = services.repo
    .snapshot()
    .of(clusterFiles)
    .get(change.spec.hostCluster ?? '')?.resource;
  if (host === undefined) return []; // the rules have said so
  const warnings = addressWarnings(change.draft.address.host, host);
  try {
    return [...(await askHost(context, host)), ...warnings];
  } catch (error) {
    signal.throwIfAborted();
    const { said } = error instanceof NautesError ? error : new NautesError('HostNotReady', { host: host.name });
    const warning = message('Warning.hostNotAsked', { host: host.name, problem: said });
    const outside = outsideRange([change.spec.vclusterNodePort ?? []].flat(), DEFAULT_NODE_PORTS);
    return [...outside.map((problem) => ({ field: '', error: problem })), ...warnings, { warning }];
  }
}

/** A host may be reached under several names; whether this is one of them shows when the virtual cluster is there. */
function addressWarnings(own: string, host: Cluster): readonly Remark[] {
  const { address } = readApiServer(host.spec.apiServer);
  if (address === undefined || own === address.host) return [];
  return [{ warning: message('Warning.hostAddress', { own, host: host.name, address: address.host }) }];
}

/**
 * Whose the objects of that name are on the host, and whether the node port is free.
 * @throws NautesError when the host cannot be asked
 */
async function askHost(context: CheckContext, host: Cluster): Promise<readonly Finding[]> {
  const { services, change, signal } = context;
  const { access, credentials, offboardings } = services;
  const port = change.spec.vclusterNodePort;
  const scope = { cluster: host.name, incarnation: host.incarnation };
  const credential = await credentials.active(scope, signal);
  if (credential === undefined) throw new NautesError('HostNotReady', { host: host.name });
  const leaving = (await offboardings.list(CLUSTER_KIND))
    .filter((record) => record.cluster === change.name)
    .map(({ incarnation }) => incarnation);
  const own = [change.scope.incarnation, ...leaving];
  const isOwn = (head: ObjectHead): boolean =>
    own.includes(head.metadata.labels?.[INCARNATION_LABEL] ?? '') ||
    (change.takeOver !== undefined && isOfFormer(head, formerHolder(change.takeOver)));
  const deadline = withDeadline(signal, HOST_TIMEOUT_MILLISECONDS);
  try {
    return await access.use(
      credential.stored,
      async (connection) => {
        const { namespace } = virtualClusterChoice(change.name, '');
        const maker = await makerOfNamespace(connection, namespace, deadline);
        const holding = await holderFindings(context, maker === undefined ? [] : [maker]);
        const ports = port === undefined ? [] : [port];
        const problems = await nodePortFindings(connection, ports, isOwn, deadline);
        return [...holding, ...problems.map((error) => ({ field: '', error }))];
      },
      deadline,
    );
  } catch (error) {
    throw asNautesError(error);
  }
}
