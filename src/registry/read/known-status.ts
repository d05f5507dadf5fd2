import { message } from '../../messages/message.ts';
import type { ClusterEntry } from '../../resources/cluster/cluster-files.ts';
import { blankStatus, type ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { Condition } from '../../resources/condition.ts';

/** What is stored about one name. */
export interface KnownCluster {
  readonly name: string;
  /** Its file; absent when there is none. */
  readonly entry: ClusterEntry | undefined;
  /** What controllers have reported last. */
  readonly stored: ClusterStatus | undefined;
  /** The off-boarding records of the name. */
  readonly offboardings: readonly OffboardingRecord[];
}

type Draft = Omit<Condition, 'lastTransitionTime'>;

/**
 * The status of a name: what controllers have reported, corrected by what file and record say and controllers have not
 * reported yet. `undefined` when there is no cluster of that name.
 */
export function knownStatus(known: KnownCluster): ClusterStatus | undefined {
  const status = reportedStatus(known);
  const { incarnation, registeredAt } = known.entry?.resource ?? {};
  const isSame = status !== undefined && status.incarnation === incarnation;
  return isSame && registeredAt !== undefined ? { ...status, registeredAt } : status;
}

function reportedStatus(known: KnownCluster): ClusterStatus | undefined {
  const { entry, stored } = known;
  if (entry === undefined) return departing(known);
  if (entry.problem !== undefined) return unreadable(entry, stored);
  return stored ?? pending(entry);
}

function departing({ name, stored, offboardings }: KnownCluster): ClusterStatus | undefined {
  const record = offboardings.at(-1);
  if (stored?.conditions.some(({ type }) => type === 'Offboarded')) return stored; // also one that is held back
  if (stored === undefined && record === undefined) return undefined;
  const blank = { name, incarnation: record?.incarnation ?? '', observedGeneration: '', commit: record?.commit ?? '' };
  const status = stored ?? blankStatus({ ...blank, phase: 'Deleting', conditions: [] });
  const said = { reason: 'OffboardingRequested', message: message('Offboarding.requested') };
  const since = record?.requestedAt ?? '';
  const offboarded = withCondition(status, { type: 'Offboarded', status: 'False', ...said }, since);
  const ready = { ...said, reason: 'Deleting' };
  return { ...withCondition(offboarded, { type: 'Ready', status: 'False', ...ready }, since), phase: 'Deleting' };
}

function unreadable({ name, fileRevision, problem }: ClusterEntry, stored: ClusterStatus | undefined): ClusterStatus {
  const isReported = stored?.observedGeneration === fileRevision || stored?.phase === 'Deleting';
  if (stored !== undefined && isReported) return stored;
  const blank = { name, incarnation: '', observedGeneration: '', commit: '' };
  const status = stored ?? blankStatus({ ...blank, phase: 'Failed', conditions: [] });
  const { reason = 'ClusterFileInvalid', said, action } = problem ?? {};
  const text = said ?? message('Pending');
  const ready = { type: 'Ready', status: 'False', reason, message: text, ...(action && { action }) } as const;
  const hadBeenReady = stored?.phase === 'Ready' || stored?.phase === 'Degraded';
  return { ...withCondition(status, ready, ''), phase: hadBeenReady ? 'Degraded' : 'Failed' };
}

/** Registered, and no controller has checked it yet. */
function pending({ name, resource }: ClusterEntry): ClusterStatus {
  const said = { reason: 'Pending', message: message('Pending') };
  const blank = { name, incarnation: resource?.incarnation ?? '', observedGeneration: '', commit: '' };
  const status = blankStatus({ ...blank, phase: 'Pending', conditions: [] });
  return withCondition(status, { type: 'Ready', status: 'False', ...said }, '');
}

function withCondition(status: ClusterStatus, draft: Draft, lastTransitionTime: string): ClusterStatus {
  const others = status.conditions.filter(({ type }) => type !== draft.type);
  return { ...status, conditions: [...others, { ...draft, lastTransitionTime }] };
}
