import { findHolders } from '../../../../kube/index.ts';
import { clusterFiles } from '../../../../resources/cluster/cluster-files.ts';
import { heldByOther, isTakenFrom, otherHolders } from '../../../../resources/cluster/holder.ts';
import { type StageContext, useCluster } from '../../runtime/stage-context.ts';

/**
 * Makes sure that no other installation holds the cluster, unless its file says that it is taken over from that one.
 * Writes `holder`.
 * @throws NautesError `ClusterHeldByOther`
 */
export async function checkHolder(context: StageContext, signal: AbortSignal): Promise<void> {
  const { services, cluster } = context;
  const { installation, repo, offboardings: ledger } = services;
  const { holder, others } = await useCluster(context, (connection) => findHolders(connection, signal), signal);
  const holders = holder === undefined ? others : [holder];
  const known = { clusters: repo.snapshot().of(clusterFiles), ledger };
  const foreign = await otherHolders(holders, installation.id, known);
  const former = foreign.find((other) => isTakenFrom(cluster.takeOver, other));
  const [first] = foreign;
  if (first !== undefined && former === undefined) throw heldByOther(first);
  context.holder = former ?? holder;
}
