import type { InventoryEntry } from '../inventory.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { Cluster } from './cluster.ts';
import { declaredHost, madeOn } from './host.ts';
import type { OffboardingRecord } from './offboarding-record.ts';

/** A registration to off-board, as an off-boarding record has it. */
export type DepartingRegistration = Pick<
  OffboardingRecord,
  'cluster' | 'incarnation' | 'fileIncarnation' | 'apiServer' | 'hostCluster' | 'hostIncarnation'
>;

/** What is known of a registration besides its file. */
export interface RegistrationEvidence {
  /** The status under its name, possibly of another registration. */
  readonly status: ClusterStatus | undefined;
  /** Of the registration of the file. */
  readonly inventory: readonly InventoryEntry[];
  /** The incarnation of a registered host. */
  readonly hostIncarnation: (host: string) => string | undefined;
}

/**
 * All registrations to off-board for a name: that of its file, and the onboarded one if the incarnation
 * in the file was edited by hand. The latter is the last, so that its receipt is the one shown.
 * @param file absent when it cannot be parsed, or does not exist
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

/** The registration of a file. Where it was created and reached takes precedence over what the file says now. */
export function departingByFile(
  { name: cluster, incarnation, spec }: Cluster,
  { status, inventory, hostIncarnation }: RegistrationEvidence,
): DepartingRegistration {
  const known = status?.incarnation === incarnation ? status : undefined;
  const made = madeOn(incarnation, status, inventory) ?? { host: declaredHost(spec) };
  const host = made.host === undefined ? undefined : { cluster: made.host, incarnation: hostIncarnation(made.host) };
  return { cluster, incarnation, apiServer: known?.apiServer ?? spec.apiServer, ...onHost(known?.host ?? host) };
}

/** The registration last onboarded under a name; `undefined` when the status only observed an invalid file. */
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

/** Who requested an off-boarding, and with which options. */
export type OffboardingRequest = Pick<
  OffboardingRecord,
  'requestedBy' | 'requestedAt' | 'requestId' | 'forced' | 'commit'
>;

/** The record of an off-boarding that has not started. */
export function newOffboarding(registration: DepartingRegistration, request: OffboardingRequest): OffboardingRecord {
  return { ...registration, ...request, startedAt: '' };
}
