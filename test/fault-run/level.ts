import type { StatusView } from '../../src/contract/views.ts';
import { isHostile } from './hostile-weather.ts';
import type { RecordingClient } from './recording-client.ts';
import { type ClusterAtHead, RepositoryView } from './repository-view.ts';

/**
 * What is not yet as the repository says, as messages; none when everything is level. A cluster whose file somebody
 * has broken need not be Ready, but has to say what is wrong and what to do.
 * @param everKnown names that may have been registered at some time
 */
export async function notLevel(
  client: RecordingClient,
  repository: string,
  everKnown: Iterable<string>,
): Promise<string[]> {
  const view = await RepositoryView.read(repository);
  const list = await client.ask('GET', '/api/v1/clusters');
  if (list.status !== 200) return [`the list is answered ${list.status}`];
  const listed = ((list.body['items'] ?? []) as { name?: string }[]).map(({ name }) => name ?? '').sort();
  const readable = [...view.clusters.values()].filter(({ cluster }) => cluster !== undefined).map(({ name }) => name);
  const problems: string[] = [];
  if (listed.join() !== readable.sort().join())
    problems.push(`listed: ${listed.join()}; in the repository: ${readable.join()}`);
  for (const cluster of view.clusters.values()) {
    const { status, body } = await client.ask('GET', `/api/v1/clusters/${cluster.name}/status`);
    if (status !== 200) problems.push(`${cluster.name} has no status (${status})`);
    else if (isHostile(cluster.name))
      continue; // what it says was never sure, and what it asked for may still last
    else problems.push(...statusProblems(cluster, body as unknown as StatusView));
  }
  for (const name of everKnown) {
    if (view.clusters.has(name)) continue;
    const { status, body } = await client.ask('GET', `/api/v1/clusters/${name}/status`);
    if (status !== 404) problems.push(`${name} is not in the repository and is still there: ${summary(body)}`);
  }
  return problems;
}

function statusProblems(atHead: ClusterAtHead, status: StatusView): string[] {
  const { name, cluster, generation, isSound } = atHead;
  if (status.phase === 'Ready') {
    if (status.observedGeneration !== generation) return [`${name} is Ready with an older file`];
    if (status.incarnation !== cluster?.incarnation) return [`${name} is Ready as another registration`];
    return [];
  }
  if (isSound) return [`${name} is ${summary(status)}`];
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const says = ready !== undefined && ready.reason !== '' && ready.message !== '' && ready.remedy !== '';
  // One that was never ready stays Provisioning, with reason and remedy, until its stage is overdue.
  const isSettled = status.phase === 'Degraded' || status.phase === 'Failed' || status.phase === 'Provisioning';
  return isSettled && says ? [] : [`${name} is broken and does not say what to do: ${summary(status)}`];
}

function summary(status: Readonly<Record<string, unknown>>): string {
  const conditions = (status['conditions'] ?? []) as {
    type: string;
    status: string;
    reason: string;
    message: string;
  }[];
  const open = conditions.filter(({ status: value }) => value !== 'True');
  return `${String(status['phase'])} ${open.map(({ type, reason, message }) => `${type}=${reason} (${message})`).join(', ')}`;
}
