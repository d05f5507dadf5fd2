import { message } from '../../messages/message.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import {
  type ClusterHolder,
  describeHolder,
  heldByOther,
  holderIdentity,
  isTakenFrom,
  otherHolders,
} from '../../resources/cluster/holder.ts';
import type { CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

/** Whether the cluster is another installation's. Writes `takeOver` when it is to be taken from that one. */
export async function holderFindings(
  { services, change }: CheckContext,
  holders: readonly ClusterHolder[],
): Promise<readonly Finding[]> {
  const { offboardings: ledger, repo, installation } = services;
  const known = { clusters: repo.snapshot().of(clusterFiles), ledger };
  const [other] = await otherHolders(holders, installation.id, known);
  if (other === undefined) return [];
  if (change.options.takeOver !== true) {
    return isTakenFrom(change.takeOver, other) ? [] : [{ field: '', error: heldByOther(other) }];
  }
  change.takeOver = holderIdentity(other);
  return [{ warning: message('Warning.takesOver', { holder: describeHolder(other) }) }];
}
