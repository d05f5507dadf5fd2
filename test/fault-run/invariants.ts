import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { run } from '../../src/base/programs/process.ts';
import type { Cluster } from '../../src/resources/cluster/cluster.ts';
import type { ObjectReference } from '../../src/resources/object-reference.ts';
import type { Receipt } from '../../src/resources/cluster/receipt.ts';
import { isHostile } from './hostile-weather.ts';
import type { Acknowledged, RunHistory } from './history.ts';
import { fingerprint, keyOf, type OwnedObject, ownedObjects } from './owned-objects.ts';
import { RepositoryView } from './repository-view.ts';
import type { World } from './world.ts';

/** History is linear and never rewritten; every answered change is in it once, and did what was asked. */
export async function historyProblems(world: World, history: RunHistory): Promise<string[]> {
  const { commits } = await RepositoryView.read(world.repository);
  const requests = new Map<string, string>();
  const problems: string[] = [];
  for (const { id, parents, requestIds } of commits) {
    if (parents.length > 1) problems.push(`${id} is a merge`);
    for (const requestId of requestIds) {
      const other = requests.get(requestId);
      if (other !== undefined) problems.push(`request ${requestId} is in the history twice: ${other}, ${id}`);
      requests.set(requestId, id);
    }
  }
  const ids = new Set(commits.map(({ id }) => id));
  for (const { commit } of history.byHand) {
    if (!ids.has(commit)) problems.push(`the commit ${commit} made by hand is lost`);
  }
  for (const answered of history.acknowledged) {
    if (ids.has(answered.commit)) problems.push(...(await answerProblems(world.repository, answered, requests)));
    else
      problems.push(`${answered.operation} of ${answered.cluster} was answered with ${answered.commit}, which is lost`);
  }
  return [...problems, ...(await fsckProblems(world.repository))];
}

/** What was answered is what the commit says. */
async function answerProblems(
  repository: string,
  { operation, cluster, commit, requestId, changed, apiServer }: Acknowledged,
  requests: ReadonlyMap<string, string>,
): Promise<string[]> {
  const what = `${operation} of ${cluster} (${requestId})`;
  const problems: string[] = [];
  if (changed === true && requests.get(requestId) !== commit) problems.push(`${what} is not the commit ${commit}`);
  if (changed === false && requests.has(requestId)) problems.push(`${what} changed nothing and is in the history`);
  const state = await stateAt(repository, commit, cluster);
  const isAsAsked = operation === 'delete' ? state === undefined : state?.includes(apiServer) === true;
  return isAsAsked ? problems : [...problems, `${what}: the file at ${commit} is another`];
}

async function stateAt(repository: string, commit: string, cluster: string): Promise<string | undefined> {
  const path = `${commit}:nautes/overlays/production/clusters/${cluster}.yaml`;
  const { code, stdout } = await run('git', ['-C', repository, 'show', path]);
  return code === 0 ? stdout.toString() : undefined;
}

async function fsckProblems(repository: string): Promise<string[]> {
  const { code, stdout, stderr } = await run('git', ['-C', repository, 'fsck', '--full', '--strict', '--no-dangling']);
  return code === 0 ? [] : [`${repository} is damaged: ${stdout.toString()}${stderr}`];
}

/** The clones of the servers are where the remote is, and sound. */
export async function cloneProblems(world: World): Promise<string[]> {
  const problems: string[] = [];
  for (const { dataDirectory } of world.servers) {
    const clone = join(dataDirectory, 'config-repo.git');
    const heads = await Promise.all(
      [world.repository, clone].map(async (path) =>
        (await run('git', ['-C', path, 'rev-parse', 'main'])).stdout.toString(),
      ),
    );
    if (heads[0] !== heads[1]) problems.push(`the clone is at ${heads[1]}, the remote at ${heads[0]}`);
    problems.push(...(await fsckProblems(clone)));
  }
  return problems;
}

/** Every receipt of the servers. */
export function readReceipts(world: World): Receipt[] {
  if (world.management !== undefined) return world.management.receipts();
  const database = new DatabaseSync(join(world.server.dataDirectory, 'status.db'), { readOnly: true });
  try {
    const rows = database.prepare('SELECT document FROM receipts').all();
    return rows.map(({ document }) => JSON.parse(String(document)) as Receipt);
  } finally {
    database.close();
  }
}

/** Does what receipts ask for: removes what could not be removed, as a person with the commands would. */
export function removeResidue(world: World, receipts: readonly Receipt[]): void {
  const asked = new Set(receipts.flatMap(({ incarnation, remaining }) => remaining.map((o) => incarnation + keyOf(o))));
  for (const cluster of world.clusters) {
    for (const object of ownedObjects(cluster)) {
      if (!asked.has(object.incarnation + keyOf(object))) continue;
      const { apiVersion, kind, namespace, name } = object;
      if (cluster.get(apiVersion, kind, namespace, name) !== undefined)
        cluster.delete(apiVersion, kind, namespace, name);
    }
  }
}

/** What a receipt calls removed is gone; what is still there is listed; it accounts for all that was created. */
export function receiptProblems(world: World, receipts: readonly Receipt[]): string[] {
  const problems: string[] = [];
  const present = world.clusters.flatMap((cluster) => ownedObjects(cluster));
  for (const receipt of receipts) {
    const name = `receipt of ${receipt.cluster} (${receipt.incarnation})`;
    if (receipt.apiServer === '' && receipt.remaining.length > 0) problems.push(`${name} does not say where`);
    const { created, removed, left, remaining } = receipt;
    const known = new Set([...left, ...remaining].map(keyOf));
    const accounted = new Set([...known, ...removed.map(keyOf)]);
    const missing = created.map(keyOf).filter((key) => !accounted.has(key));
    if (missing.length > 0) problems.push(`${name} does not say what became of ${missing.join(', ')}`);
    if ((receipt.outcome === 'Complete') !== (remaining.length === 0)) problems.push(`${name} contradicts itself`);
    if (remaining.some(({ command }) => !command.includes('kubectl '))) problems.push(`${name} has no command`);
    const hidden = present
      .filter(({ incarnation }) => incarnation === receipt.incarnation)
      .map(keyOf)
      .filter((key) => !known.has(key));
    if (hidden.length > 0)
      problems.push(`${name} (${receipt.outcome}) hides ${hidden.length}: ${hidden.slice(0, 5).join(', ')}`);
  }
  return problems;
}

/** Each registered cluster holds exactly what an undisturbed one of its kind holds, under its present registration. */
export async function objectProblems(world: World): Promise<string[]> {
  const { clusters } = await RepositoryView.read(world.repository);
  const registrations = [...clusters.values()].flatMap(({ cluster }) => cluster ?? []);
  const objectsOf = (cluster: Cluster): readonly string[] => {
    const host = registrations.find(({ name }) => name === cluster.spec.hostCluster);
    const servers = new Set([cluster.spec.apiServer, host?.spec.apiServer]);
    return world.clusters
      .filter(({ server }) => servers.has(server))
      .flatMap((target) => fingerprint(ownedObjects(target), cluster));
  };
  return registrations.flatMap((cluster) => {
    if (isHostile(cluster.name)) return [];
    const reference = registrations.find(({ name }) => name === referenceFor(cluster));
    const [expected, found] = [reference === undefined ? [] : objectsOf(reference), objectsOf(cluster)];
    if (expected.length === 0) return [`${referenceFor(cluster)} holds nothing`];
    const [missing, more] = [difference(expected, found), difference(found, expected)];
    if (missing.length + more.length === 0) return [];
    return [
      `${cluster.name} lacks ${missing.join(', ') || 'nothing'} and has ${more.join(', ') || 'nothing'} in excess`,
    ];
  });
}

/** See `makeTargets`. */
function referenceFor({ spec }: Cluster): string {
  if (spec.usage === 'host') return 'reference-host';
  return spec.clusterType === 'virtual' ? 'reference-virtual' : 'reference';
}

function difference(left: readonly string[], right: readonly string[]): string[] {
  const others = new Set(right);
  return left.filter((key) => !others.has(key));
}

/** The most that a server may ever have taken, MiB: clusters of all kinds together are not allowed more. */
const MAXIMUM_PEAK_MEBIBYTES = 1_200;

/** No server has taken more memory than it may; what the kernel has counted, so on Linux only. */
export async function memoryProblems(world: World): Promise<string[]> {
  const problems: string[] = [];
  for (const { pid } of world.servers) {
    const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8').catch(() => '');
    const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
    if (peak > MAXIMUM_PEAK_MEBIBYTES) problems.push(`a server has taken ${Math.round(peak)} MiB`);
  }
  return problems;
}

/** What is left on clusters that nobody has registered any more: only what receipts name. */
export function residueProblems(world: World, receipts: readonly Receipt[]): string[] {
  const named = new Map<string, Set<string>>();
  for (const { incarnation, left, remaining } of receipts) {
    const keys = named.get(incarnation) ?? new Set<string>();
    named.set(incarnation, keys);
    for (const object of [...left, ...remaining] as ObjectReference[]) keys.add(keyOf(object));
  }
  return world.clusters.flatMap((cluster) => {
    const isNamed = (object: OwnedObject): boolean => named.get(object.incarnation)?.has(keyOf(object)) === true;
    const unnamed = ownedObjects(cluster).filter((object) => !isNamed(object));
    if (unnamed.length === 0) return [];
    const some = unnamed.slice(0, 5).map((object) => `${keyOf(object)} of ${object.incarnation}`);
    return [`${cluster.name} holds ${unnamed.length} objects of ours that no receipt names: ${some.join(', ')}`];
  });
}

/** Credentials of registrations that are gone are gone too. */
export async function secretProblems(world: World, receipts: readonly Receipt[]): Promise<string[]> {
  const problems: string[] = [];
  if (world.management !== undefined) return world.management.credentialProblems(receipts);
  for (const { cluster, incarnation } of receipts) {
    const directory = join(world.server.dataDirectory, 'secrets', cluster, incarnation);
    const files = await readdir(directory).catch(() => []);
    if (files.length > 0)
      problems.push(`credentials of ${cluster} (${incarnation}) are still there: ${files.join(', ')}`);
  }
  return problems;
}

/** Nothing secret is in clear in logs, answers, commits and files. */
export async function leakProblems(world: World, history: RunHistory): Promise<string[]> {
  const problems: string[] = [];
  const look = (where: string, content: string | Buffer): void => {
    const found = world.canaries.foundIn(content);
    if (found.length > 0) problems.push(`${found.join(', ')} in ${where}`);
  };
  for (const line of world.output.split('\n')) look(`the log: ${line.slice(0, 300)}`, line);
  for (const answer of history.answers) look(`an answer: ${answer.slice(0, 300)}`, answer);
  for (const text of world.management?.texts() ?? [])
    look(`an object of the management cluster: ${text.slice(0, 300)}`, text);
  const clones = world.servers.map(({ dataDirectory }) => join(dataDirectory, 'config-repo.git'));
  for (const repository of [world.repository, ...clones]) {
    const args = ['-C', repository, 'cat-file', '--batch', '--batch-all-objects', '--unordered'];
    look(`an object of ${repository}`, (await run('git', args)).stdout);
  }
  for (const { dataDirectory } of world.servers) {
    for (const entry of await readdir(dataDirectory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      look(path, await readFile(path));
    }
  }
  return problems;
}
