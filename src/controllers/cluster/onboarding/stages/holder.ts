import { type ClusterConnection, findHolders, NamespaceList } from '../../../../kube/index.ts';
import { clusterFiles } from '../../../../resources/cluster/cluster-files.ts';
import { heldByOther, isTakenFrom, otherHolders } from '../../../../resources/cluster/holder.ts';
import { reachedCluster, type StageContext, useCluster } from '../../runtime/stage-context.ts';

/**
 * Makes sure that no other installation holds the cluster, unless its file says that it is taken over from that one.
 * Writes `holder`, and `namespaces` where the cluster is new.
 * @throws NautesError `ClusterHeldByOther`
 */
export async function checkHolder(context: StageContext, signal: AbortSignal): Promise<void> {
  const { services, cluster } = context;
  const { installation, repo, offboardings: ledger } = services;
  const { holder, others } = await useCluster(
    context,
    async (connection) => {
      if (isNew(context)) context.namespaces = await listNamespaces(connection, signal);
      return findHolders(connection, signal, context.namespaces);
    },
    signal,
  );
  const holders = holder === undefined ? others : [holder];
  const known = { clusters: repo.snapshot().of(clusterFiles), ledger };
  const foreign = await otherHolders(holders, installation.id, known);
  const former = foreign.find((other) => isTakenFrom(cluster.takeOver, other));
  const [first] = foreign;
  if (first !== undefined && former === undefined) throw heldByOther(first);
  context.holder = former ?? holder;
}

/** Nothing of ours is there yet. */
function isNew(context: StageContext): boolean {
  return context.active === undefined && reachedCluster(context).credential.stored.origin === 'uploaded';
}

/** `undefined` where they cannot be listed: what is needed is asked for then. */
async function listNamespaces({ client }: ClusterConnection, signal: AbortSignal): Promise<NamespaceList | undefined> {
  const list = await NamespaceList.of(client, signal).catch(() => undefined);
  signal.throwIfAborted();
  return list;
}
