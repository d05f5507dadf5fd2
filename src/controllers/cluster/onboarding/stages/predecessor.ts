import { message } from '../../../../messages/message.ts';
import { CLUSTER_KIND, clusterKey, clusterRegistration } from '../../../../resources/cluster/cluster-key.ts';
import type { Cluster } from '../../../../resources/cluster/cluster.ts';
import { isRegistered, type OffboardingRecord } from '../../../../resources/cluster/offboarding-record.ts';
import { confirmation, isRemovalHeld } from '../../offboarding/missing-files.ts';
import type { ControllerServices } from '../../runtime/services.ts';
import { clusterFiles } from '../../../../resources/cluster/cluster-files.ts';
import { type StageResult, wait } from '../../../../reconcile/stage.ts';

const RETRY_MILLISECONDS = 2_000;

/**
 * Why this registration cannot begin yet: the same Kubernetes cluster was registered under another name and is still
 * being off-boarded, or waits to be confirmed. Two registrations at work on one cluster would take each other's
 * objects for foreign. (Under the same name the controller itself carries out one after the other.)
 * @param uid of the cluster as it has just answered
 */
export async function waitForPredecessor(
  services: ControllerServices,
  cluster: Cluster,
  uid: string,
): Promise<StageResult | undefined> {
  for (const record of await services.offboardings.list(CLUSTER_KIND)) {
    if (record.cluster === cluster.name || !(await isOf(services, record, cluster, uid))) continue;
    if (!(await hasReached(services, record))) continue;
    return waitForOffboarding(record.cluster);
  }
  return waitForHolder(services, cluster, uid);
}

function waitForOffboarding(name: string): StageResult {
  return wait('WaitingForOffboarding', message('WaitingForOffboarding', { name }), RETRY_MILLISECONDS);
}

/** A record whose commit has not come yet may never act: as long as both are registered, the identity decides. */
async function isOf(
  { repo, status }: ControllerServices,
  record: OffboardingRecord,
  { spec }: Cluster,
  uid: string,
): Promise<boolean> {
  if (spec.cloneOf === record.cluster && record.apiServer !== spec.apiServer) return false;
  if (isRegistered(record, repo.snapshot().of(clusterFiles).get(record.cluster))) return false;
  if (record.apiServer === spec.apiServer) return true;
  const known = await status.get(clusterKey(record.cluster));
  return known?.incarnation === record.incarnation && known.kubernetes.uid === uid;
}

/** What never wrote to its cluster has nothing to remove there, whatever address its file named. */
async function hasReached({ inventory }: ControllerServices, record: OffboardingRecord): Promise<boolean> {
  return (await inventory.list(clusterRegistration(record))).length > 0;
}

/** Whose file has gone: its removal is about to be recorded, or waits to be confirmed. */
async function waitForHolder(
  { identities, repo, status }: ControllerServices,
  { name, spec }: Cluster,
  uid: string,
): Promise<StageResult | undefined> {
  const holder = identities.holderOf(uid);
  if (
    holder === undefined ||
    holder.name === name ||
    holder.name === spec.cloneOf ||
    repo.snapshot().of(clusterFiles).has(holder.name)
  )
    return undefined;
  const known = await status.get(clusterKey(holder.name));
  if (known?.incarnation !== holder.incarnation) return undefined;
  if (!isRemovalHeld(known)) return waitForOffboarding(holder.name);
  const text = message('WaitingForOffboarding.held', { name: holder.name });
  return wait('WaitingForOffboarding', text, RETRY_MILLISECONDS, confirmation(holder.name));
}
