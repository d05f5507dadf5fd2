import type { ErrorReason } from '../../messages/errors/index.ts';
import type { CommitInfo } from '../../git-store/index.ts';
import type { Action } from '../../messages/action.ts';
import type { Message } from '../../messages/text.ts';
import type { ClusterEntry } from '../../resources/cluster/cluster-files.ts';
import type { ClusterStatus, ComponentPhase, ComponentStatus } from '../../resources/cluster/cluster-status.ts';
import type { Pause } from '../../resources/cluster/pause.ts';
import type { Phase } from '../../resources/phase.ts';

/** A cluster in a list of all: what tells one from another, and how each is. Texts are not rendered yet. */
export interface FleetRow {
  readonly name: string;
  /** These are empty where the file cannot be understood, or is gone. */
  readonly clusterType: string;
  readonly usage: string;
  readonly workerType: string;
  readonly hostCluster: string;
  readonly apiServer: string;
  readonly phase: Phase;
  readonly reason: string;
  readonly message: Message | undefined;
  readonly action: Action | undefined;
  /** Since when `Ready` is as it is, RFC 3339; empty before the first look. */
  readonly since: string;
  /** When this registration was made, RFC 3339; absent where that is not known. */
  readonly registeredAt: string | undefined;
  readonly kubernetesVersion: string;
  readonly components: readonly FleetComponent[];
  /** RFC 3339; empty when there is none. */
  readonly credentialExpiresAt: string;
  readonly paused: Pause | undefined;
  /** Repairs of drift within the last 24 hours. */
  readonly repairs: number;
  /** Another manager keeps changing a field back. */
  readonly isContested: boolean;
  /** The last change of the file; empty where it is not known yet. */
  readonly commit: string;
  readonly changedAt: string;
  readonly changedBy: string;
}

export interface FleetComponent {
  readonly name: string;
  readonly version: string;
  readonly phase: ComponentPhase;
  /** Why it is not ready; absent when it is. */
  readonly why?: Pick<ComponentStatus, 'reason' | 'message'>;
}

/** Where a row comes from. */
export interface FleetSources {
  readonly entry: ClusterEntry | undefined;
  readonly status: ClusterStatus;
  readonly commit: CommitInfo | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Why a component is degraded of which a field is contested. */
const CONTESTED = 'FieldContested' satisfies ErrorReason;

export function fleetRow({ entry, status, commit, now }: FleetSources): FleetRow {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return {
    name: status.name,
    ...declared(entry, status),
    phase: status.phase,
    reason: ready?.reason ?? '',
    message: ready?.message,
    action: ready?.action,
    since: ready?.lastTransitionTime ?? '',
    registeredAt: status.registeredAt,
    kubernetesVersion: status.kubernetes.version,
    components: status.components.map(fleetComponent),
    credentialExpiresAt: status.credential.expiresAt,
    paused: status.paused,
    repairs: repairsSince(status, now - DAY_MILLISECONDS),
    isContested: status.components.some(({ reason }) => reason === CONTESTED),
    commit: commit?.id ?? '',
    changedAt: commit?.time ?? '',
    changedBy: commit?.author ?? '',
  };
}

function fleetComponent({ name, version, phase, reason, message }: ComponentStatus): FleetComponent {
  return phase === 'Ready' ? { name, version, phase } : { name, version, phase, why: { reason, message } };
}

function repairsSince({ repairs = [] }: ClusterStatus, since: number): number {
  return repairs.filter(({ time }) => Date.parse(time) > since).length;
}

type Declared = Pick<FleetRow, 'clusterType' | 'usage' | 'workerType' | 'hostCluster' | 'apiServer'>;

/** What the file says; where there is none, what is known from before. */
function declared(entry: ClusterEntry | undefined, { host, apiServer = '' }: ClusterStatus): Declared {
  const spec = entry?.resource?.spec;
  if (spec === undefined) {
    return { clusterType: '', usage: '', workerType: '', hostCluster: host?.cluster ?? '', apiServer };
  }
  const { clusterType, usage, workerType = '', hostCluster = '' } = spec;
  return { clusterType, usage, workerType, hostCluster, apiServer: spec.apiServer };
}
