import { timestamp } from '../../../base/clock.ts';
import { type ClusterConnection, renewHolder, takeOverObjects } from '../../../kube/index.ts';
import { isHolder } from '../../../kube-objects/holder-mark.ts';
import { message } from '../../../messages/message.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { describeHolder } from '../../../resources/cluster/holder.ts';
import { type StageContext, useCluster } from '../runtime/stage-context.ts';

/** How often a cluster is told that we still hold it: rarely, as it costs a write. */
const RENEWAL_MILLISECONDS = 24 * 3_600_000;

/** True when the cluster says that this registration holds it. */
export function isHeld({ holder, owner }: StageContext): boolean {
  return holder !== undefined && holder.installation !== '' && isHolder(holder, owner);
}

/** True when the cluster is still another installation's, and is taken from that one as its file says. */
export function isTakeOver({ holder, cluster, owner }: StageContext): boolean {
  return holder !== undefined && cluster.takeOver !== undefined && !isHolder(holder, owner);
}

/** Makes the objects of the former holder ours, before the cluster says that we hold it: what was cut off is repeated. */
export async function inheritObjects(
  { services, scope, owner, holder: former }: StageContext,
  connection: ClusterConnection,
  signal: AbortSignal,
): Promise<void> {
  if (former === undefined) return;
  const registration = clusterRegistration(scope);
  const known = new Set((await services.inventory.list(registration)).map(({ uid }) => uid));
  await takeOverObjects(
    connection,
    {
      owner,
      former,
      recordIntent: (entries) =>
        services.inventory.put(
          registration,
          entries.filter(({ uid }) => !known.has(uid)),
        ),
    },
    signal,
  );
}

/** Tells from whom the cluster was taken. */
export async function tellTakeOver({ holder, reporter }: StageContext): Promise<void> {
  if (holder === undefined) return;
  const text = message('ClusterTakenOver', { holder: describeHolder(holder) });
  await reporter.event('Normal', 'ClusterTakenOver', text, 'CredentialReady');
}

/** Says on the cluster, now and then, that we still hold it. */
export async function renewHold(context: StageContext, signal: AbortSignal): Promise<void> {
  const { holder, services } = context;
  const now = services.clock.now();
  if (holder === undefined || now - Date.parse(holder.renewedAt) < RENEWAL_MILLISECONDS) return;
  await useCluster(context, (connection) => renewHolder(connection, holder, timestamp(now), signal), signal);
}
