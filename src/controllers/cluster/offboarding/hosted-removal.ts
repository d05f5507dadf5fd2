import { CLUSTER_KIND, clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import { message } from '../../../messages/message.ts';
import { describeReference, plainReference } from '../../../kube-objects/kube-object.ts';
import { removalCommand } from '../../../kube-objects/removal-command.ts';

import type { CredentialScope } from '../../../resources/credential.ts';
import { HOSTED_COMPONENT, type InventoryEntry, isHosted } from '../../../resources/inventory.ts';
import {
  isRegistered,
  type OffboardingRecord,
  type RemovalOutcome,
} from '../../../resources/cluster/offboarding-record.ts';
import { isPublication } from '../../../resources/cluster/publication.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import type { ControllerServices } from '../runtime/services.ts';

/** What taking a virtual cluster away is about: objects on its host. What is inside goes with them. */

/** The registration of the host that the virtual cluster was made on, also when that is on its way out itself. */
export async function hostScope(
  { repo, offboardings }: ControllerServices,
  { hostCluster: cluster, hostIncarnation }: OffboardingRecord,
): Promise<CredentialScope> {
  if (hostIncarnation !== undefined) return { cluster, incarnation: hostIncarnation };
  const registered = repo.snapshot().of(clusterFiles).get(cluster)?.resource?.incarnation;
  const leaving = (await offboardings.list(CLUSTER_KIND)).find((record) => record.cluster === cluster)?.incarnation;
  return { cluster, incarnation: registered ?? leaving ?? '' };
}

/**
 * Virtual clusters that have to go before this cluster can: those that are leaving, and those still declared. A record
 * says what its file said of a host: only what was made there counts, so that records cannot wait for each other.
 */
export async function virtualClustersOn(
  services: ControllerServices,
  { cluster, incarnation }: OffboardingRecord,
): Promise<{ readonly leaving: readonly OffboardingRecord[]; readonly declared: readonly string[] }> {
  const clusters = services.repo.snapshot().of(clusterFiles);
  const isOn = (record: OffboardingRecord): boolean =>
    record.hostCluster === cluster &&
    record.incarnation !== incarnation &&
    (record.hostIncarnation ?? incarnation) === incarnation &&
    !isRegistered(record, clusters.get(record.cluster));
  const leaving: OffboardingRecord[] = [];
  for (const record of await services.offboardings.list(CLUSTER_KIND)) {
    if (isOn(record) && (await isMadeOnHost(services, record))) leaving.push(record);
  }
  if (clusters.has(cluster)) return { leaving, declared: [] }; // they stand on the new registration of that name
  return { leaving, declared: clusters.namesBy('hostCluster', cluster).filter((name) => name !== cluster) };
}

/** Whether anything of the virtual cluster was made, which happens on its host only. */
async function isMadeOnHost({ inventory }: ControllerServices, record: OffboardingRecord): Promise<boolean> {
  return isHosted(await inventory.list(clusterRegistration(record)));
}

/**
 * The report on the objects of the host with those inside: they are gone when nothing of the virtual cluster is left on
 * the host, and go with its namespace otherwise.
 */
export function withInside(report: RemovalOutcome, inventory: readonly InventoryEntry[]): RemovalOutcome {
  const inside = inventory.filter(
    (entry) => entry.component !== HOSTED_COMPONENT && !entry.foreign && !isPublication(entry),
  );
  const [first] = report.remaining;
  const kept = report.left.find(({ kind }) => kind === 'Namespace');
  if (kept !== undefined) {
    const left = inside.map((entry) => ({ ...plainReference(entry), reason: kept.reason }));
    return { ...report, left: [...report.left, ...left] };
  }
  if (first === undefined) return { ...report, removed: [...report.removed, ...inside.map(plainReference)] };
  const namespace = report.remaining.find(({ kind }) => kind === 'Namespace') ?? first;
  const text = message('Removal.insideVirtualCluster', { object: describeReference(namespace) });
  const command = removalCommand(namespace);
  const held = inside.map((entry) => ({ ...plainReference(entry), reason: first.reason, message: text, command }));
  return { ...report, remaining: [...report.remaining, ...held] };
}
