import { ApiRefusal, type NautesClient } from '../../../client/index.ts';
import type { ClusterView, StatusSummaryView, StatusView } from '../../../contract/views.ts';
import type { Texts } from '../../texts/texts.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { ageOf } from './cluster-table.ts';

/** A cluster as it is registered, or only its name where there is no registration to show. */
export type ListedCluster = ClusterView | Pick<ClusterView, 'name'>;

/** The status, or none when the cluster went in the meantime. */
export async function statusOrNone(
  client: NautesClient,
  name: string,
  signal: AbortSignal,
): Promise<StatusView | undefined> {
  try {
    return await client.status(name, signal);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined; // it went in the meantime
    throw error;
  }
}

/** As it is registered; none when its file cannot be understood, it is being deleted, or there is no such cluster. */
export function registrationOrNone(
  client: NautesClient,
  name: string,
  signal: AbortSignal,
): Promise<ClusterView | undefined> {
  return client.cluster(name, signal).catch(withoutRegistration);
}

/** For `catch`: none where there is no registration to show. */
export function withoutRegistration(error: unknown): undefined {
  if (error instanceof ApiRefusal && (error.status === 404 || error.reason === 'CLUSTER_FILE_INVALID'))
    return undefined;
  throw error;
}

/** The phase, with a mark where a pause is in force. */
export function phaseText(
  { words, output }: Texts,
  { phase, paused }: Pick<StatusSummaryView, 'phase' | 'paused'>,
): string {
  const text = words.phase(phase);
  return paused === undefined || phase === 'Deleting' ? text : output.phasePaused(text);
}

/** Headings of {@link clusterRow}. */
export function clusterHeads({ texts }: Invocation): readonly string[] {
  return texts.output.clusterHeads;
}

/** How old the registration is, and since when its state is what it is. */
export function agesOf(
  { registered_at: registeredAt, since }: StatusSummaryView,
  now: number,
): { readonly age: string; readonly state_age: string } {
  return { age: ageOf(registeredAt, now), state_age: ageOf(since, now) };
}

/** A cluster in the table of `get`. */
export function clusterRow(
  { texts }: Invocation,
  cluster: ListedCluster,
  status: StatusSummaryView | undefined,
): readonly string[] {
  const phase = status?.phase ?? 'Pending';
  const reason = phase === 'Ready' || status === undefined ? '' : status.message;
  const now = Date.now();
  return [
    cluster.name,
    phaseText(texts, { phase, paused: status?.paused }),
    'usage' in cluster ? kindText(cluster) : '',
    status?.kubernetes_version ?? '',
    readyText(status),
    ageOf(status?.registered_at, now),
    ageOf(status?.last_checked_at, now),
    reason,
  ];
}

/** `worker/pipeline`, `host`, `virtual/deployment`: short, and unlike any other. */
function kindText({ cluster_type: type, usage, worker_type: workerType }: ClusterView): string {
  return [type === 'virtual' ? type : usage, workerType].filter(Boolean).join('/');
}

/** Components that are ready, of all. */
export function readyText(status: StatusSummaryView | undefined): string {
  const { ready, total } = status?.components ?? { ready: 0, total: 0 };
  return total === 0 ? '' : `${ready}/${total}`;
}
