import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { RegisteredClusters } from './cluster-files.ts';

/** The installation that holds a Kubernetes cluster, as the cluster itself says. */
export interface ClusterHolder {
  /** Empty where a release before installations had an identity holds it. */
  readonly installation: string;
  /** The name under which it has the cluster; empty when not known. */
  readonly cluster: string;
  readonly incarnation: string;
  /** When it acquired the cluster, and when it last said that it still has it; RFC 3339, empty when not known. */
  readonly acquiredAt: string;
  readonly renewedAt: string;
}

/**
 * One term of a holder. A take-over names it, so that it cannot take the cluster from a later holder, or from the same one
 * after that has taken the cluster back.
 */
export function holderIdentity({ installation, incarnation, acquiredAt }: ClusterHolder): string {
  const holder = installation === '' ? incarnation : installation;
  return acquiredAt === '' ? holder : `${holder}.${acquiredAt.replaceAll(/[-:]/g, '')}`;
}

/** Whether a take-over, as the cluster's file names it, is from this holder. Without a time it is from any of its terms. */
export function isTakenFrom(takeOver: string | undefined, holder: ClusterHolder): boolean {
  return (
    takeOver !== undefined && (takeOver === holderIdentity(holder) || takeOver === formerHolder(holderIdentity(holder)))
  );
}

/** The installation, or the registration of an earlier release, from which a take-over takes the cluster. */
export function formerHolder(takeOver: string): string {
  const [holder = ''] = takeOver.split('.');
  return holder;
}

/** The former holder of a cluster that was taken over, as an apply is told of it. */
export function takenFrom({ takeOver }: { readonly takeOver?: string | undefined }): { readonly takenFrom?: string } {
  return takeOver === undefined ? {} : { takenFrom: formerHolder(takeOver) };
}

/** What tells whether a registration of an earlier release was one of this installation. */
export interface KnownRegistrations {
  readonly clusters: RegisteredClusters;
  readonly ledger: { knows(incarnation: string): Promise<boolean> };
}

/**
 * The other installations among the holders. Releases before installations had an identity named the registration alone:
 * it is one of this installation when the repository or the state knows it.
 */
export async function otherHolders(
  holders: readonly ClusterHolder[],
  installation: string,
  known: KnownRegistrations,
): Promise<readonly ClusterHolder[]> {
  const others: ClusterHolder[] = [];
  for (const holder of holders) {
    const isOwn = holder.installation === '' ? await isKnown(holder, known) : holder.installation === installation;
    if (!isOwn) others.push(holder);
  }
  return others;
}

async function isKnown({ incarnation }: ClusterHolder, { clusters, ledger }: KnownRegistrations): Promise<boolean> {
  for (const { resource } of clusters.values()) if (resource?.incarnation === incarnation) return true;
  return ledger.knows(incarnation);
}

/** Why a cluster cannot be used while another installation holds it. */
export function heldByOther(holder: ClusterHolder): NautesError {
  return new NautesError('ClusterHeldByOther', { holder: describeHolder(holder), identity: holderIdentity(holder) });
}

/** The holder as people are told of it. */
export function describeHolder({ installation, cluster, incarnation, acquiredAt, renewedAt }: ClusterHolder): Message {
  if (installation === '') return message('Holder.earlierRelease', { incarnation });
  if (acquiredAt === '') return message('Holder.objects', { installation, cluster });
  return message('Holder', { installation, cluster, acquiredAt, renewedAt });
}
