import { defined } from '../../../base/defined.ts';
import type { NautesClient } from '../../../client/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { message } from '../../../messages/message.ts';
import { statusSummary } from '../../../contract/status-summary.ts';
import type { StatusSummaryView } from '../../../contract/views.ts';
import { labelSelector, labelsOf, splitPhase } from '../../documents/label-selector.ts';
import { type ListedCluster, registrationOrNone, statusOrNone } from './cluster-rows.ts';

/** Requests at a time: a list of thousands must not open thousands of connections. */
const CONCURRENCY = 8;
/** Of all statuses of a list, in characters of their JSON. */
const MAXIMUM_STATUSES_LENGTH = 256 * 1024 * 1024;

function tooMuch({ server }: NautesClient): NautesError {
  const problem = message('Answer.kept', { limit: MAXIMUM_STATUSES_LENGTH });
  return new NautesError('ServerAnswerUnclear', { server, problem });
}

/**
 * The clusters of these names, or all. One whose file cannot be understood or that is being deleted is there by its name.
 * @throws ApiRefusal when there is no cluster of a name
 */
export async function findClusters(
  client: NautesClient,
  names: readonly string[],
  fieldSelector: string | undefined,
  signal: AbortSignal,
): Promise<readonly ListedCluster[]> {
  if (names.length > 0) return Promise.all(names.map((name) => clusterOf(client, name, signal)));
  const query = defined({ field_selector: fieldSelector });
  const { items, unregistered = [] } = await client.clusterList({ query, signal });
  const all = [...items, ...unregistered.map(({ name }) => ({ name }))];
  return all.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

async function clusterOf(client: NautesClient, name: string, signal: AbortSignal): Promise<ListedCluster> {
  const registered = await registrationOrNone(client, name, signal);
  if (registered !== undefined) return registered;
  await client.status(name, signal);
  return { name };
}

export interface Selection {
  readonly selector?: string;
  readonly fieldSelector?: string;
}

/** The clusters of these names, or all, that match both selectors; the phase is known here only. */
export async function selectClusters(
  client: NautesClient,
  names: readonly string[],
  { selector, fieldSelector }: Selection,
  signal: AbortSignal,
): Promise<readonly ListedCluster[]> {
  const isLabelled = selector === undefined ? () => true : labelSelector(selector);
  const { isPhase, others } = splitPhase(fieldSelector);
  const found = (await findClusters(client, names, others, signal)).filter((cluster) =>
    isLabelled(labelsOf({ ...cluster })),
  );
  if (isPhase === undefined) return found;
  const summaries = await summariesOf(client, names, signal);
  return found.filter(({ name }) => isPhase(summaries.get(name)?.phase ?? 'Pending'));
}

/** The clusters, each with its status. */
export async function withStatus(
  client: NautesClient,
  clusters: readonly ListedCluster[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const full: unknown[] = [];
  let length = 0;
  for (let at = 0; at < clusters.length; at += CONCURRENCY) {
    const some = clusters.slice(at, at + CONCURRENCY);
    const statuses = await Promise.all(some.map(({ name }) => statusOrNone(client, name, signal)));
    for (const [index, cluster] of some.entries()) {
      const status = statuses[index] ?? null;
      length += JSON.stringify(status).length;
      if (length > MAXIMUM_STATUSES_LENGTH) throw tooMuch(client);
      full.push({ ...cluster, status });
    }
  }
  return full;
}

/** Statuses in short: of the names, or of all when there are none or many. */
export async function summariesOf(
  client: NautesClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StatusSummaryView>> {
  if (names.length > 0 && names.length <= CONCURRENCY) {
    const statuses = await Promise.all(names.map((name) => statusOrNone(client, name, signal)));
    return new Map(
      statuses.flatMap((status) => (status === undefined ? [] : [[status.name, statusSummary(status)] as const])),
    );
  }
  return new Map((await client.statuses(signal)).map((summary) => [summary.name, summary]));
}
