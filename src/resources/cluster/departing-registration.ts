import type { InventoryEntry } from '../inventory.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { Cluster } from './cluster.ts';
import { declaredHost, madeOn } from './host.ts';
import type { OffboardingRecord } from './offboarding-record.ts';

/** A registration that is to be taken away, as an off-boarding record has it. */
export type DepartingRegistration = Pick<
  OffboardingRecord,
  'cluster' | 'incarnation' | 'fileIncarnation' | 'apiServer' | 'hostCluster' | 'hostIncarnation'
>;

/** What is known of a registration besides its file. */
export interface RegistrationEvidence {
  /** The status under its name, also when it is of another registration. */
  readonly status: ClusterStatus | undefined;
  /** Of the registration of the file. */
  readonly inventory: readonly InventoryEntry[];
  /** The incarnation under which a host is registered. */
  readonly hostIncarnation: (host: string) => string | undefined;
}

/**
 * Everything that goes with a name: the registration of its file, and the one that was carried out where the incarnation
 * in the file was changed by hand. That one is the last, so that its receipt is the one that is shown.
 * @param file absent when it cannot be understood, or is gone
 */
export function departingRegistrations(
  file: Cluster | undefined,
  evidence: RegistrationEvidence,
): readonly DepartingRegistration[] {
  const carriedOut = departingByStatus(evidence.status);
  if (file === undefined) return carriedOut === undefined ? [] : [carriedOut];
  const declared = departingByFile(file, evidence);
  if (carriedOut === undefined || carriedOut.incarnation === file.incarnation) return [declared];
  return [declared, { ...carriedOut, fileIncarnation: file.incarnation }];
}

/** The registration of a file. Where it was made and reached counts for more than what the file says now. */
export function departingByFile(
  { name: cluster, incarnation, spec }: Cluster,
  { status, inventory, hostIncarnation }: RegistrationEvidence,
): DepartingRegistration {
  const known = status?.incarnation === incarnation ? status : undefined;
  const made = madeOn(incarnation, status, inventory) ?? { host: declaredHost(spec) };
  const host = made.host === undefined ? undefined : { cluster: made.host, incarnation: hostIncarnation(made.host) };
  return { cluster, incarnation, apiServer: known?.apiServer ?? spec.apiServer, ...onHost(known?.host ?? host) };
}

/** The registration that was carried out last under a name; `undefined` when only the file was looked at, in vain. */
export function departingByStatus(status: ClusterStatus | undefined): DepartingRegistration | undefined {
  if (status === undefined || status.incarnation === '') return undefined;
  const { name: cluster, incarnation, host, apiServer = '' } = status;
  return { cluster, incarnation, apiServer, ...onHost(host) };
}

function onHost(
  host: { readonly cluster: string; readonly incarnation: string | undefined } | undefined,
): Pick<DepartingRegistration, 'hostCluster' | 'hostIncarnation'> {
  const { cluster: hostCluster = '', incarnation } = host ?? {};
  return incarnation === undefined ? { hostCluster } : { hostCluster, hostIncarnation: incarnation };
}

/** Who asked for an off-boarding, and how. */
export type OffboardingRequest = Pick<
  OffboardingRecord,
  'requestedBy' | 'requestedAt' | 'requestId' | 'forced' | 'commit'
>;

/** The record of an off-boarding that has not begun. */
export function newOffboarding(registration: DepartingRegistration, request: OffboardingRequest): OffboardingRecord {
  return { ...registration, ...request, startedAt: '' };
}
