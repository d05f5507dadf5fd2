import { run } from '../../src/base/programs/process.ts';
import type { Cluster } from '../../src/resources/cluster/cluster.ts';
import { clusterFiles } from '../../src/resources/cluster/cluster-files.ts';
import { SOUND_SUBJECT } from './committer.ts';

export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly subject: string;
  readonly requestIds: readonly string[];
  /** What it did to files of clusters: A, M or D. */
  readonly changes: readonly { readonly kind: string; readonly cluster: string; readonly path: string }[];
}

/** A file of a cluster at the head. */
export interface ClusterAtHead {
  readonly name: string;
  readonly generation: string;
  /** Absent when the file cannot be understood. */
  readonly cluster: Cluster | undefined;
  /**
   * Only saves and sound changes since it was added, all of one address, and nobody else has ever had that. (One that
   * was saved unchecked may be saved with another cluster's address before anybody knows which cluster it was.)
   */
  readonly isSound: boolean;
}

/** The history of `main` as git tells it, independent of the server. */
export class RepositoryView {
  /** The oldest first. */
  readonly commits: readonly Commit[];
  readonly clusters: ReadonlyMap<string, ClusterAtHead>;

  private constructor(commits: readonly Commit[], clusters: ReadonlyMap<string, ClusterAtHead>) {
    this.commits = commits;
    this.clusters = clusters;
  }

  static async read(repository: string): Promise<RepositoryView> {
    const commits = await readCommits(repository);
    const touched = commits.flatMap(({ id, changes }) =>
      changes.filter(({ kind }) => kind !== 'D').map(({ cluster, path }) => ({ cluster, object: `${id}:${path}` })),
    );
    const contents = await readObjects(
      repository,
      touched.map(({ object }) => object),
    );
    const addresses = new Map<string, Set<string>>();
    const places = new Map<string, Set<string>>();
    for (const [index, { cluster: name }] of touched.entries()) {
      const cluster = parse(name, contents[index]?.text);
      if (cluster === undefined) continue;
      for (const [map, key] of [
        [addresses, name],
        [places, cluster.incarnation],
      ] as const) {
        map.set(key, (map.get(key) ?? new Set<string>()).add(cluster.spec.apiServer));
      }
    }
    const head = await readHead(repository);
    const names = head.map(({ name }) => name);
    const clusters = head.map(({ name, generation, text }): [string, ClusterAtHead] => {
      const own = addresses.get(name) ?? new Set();
      const isShared = names.some((other) => other !== name && !own.isDisjointFrom(addresses.get(other) ?? new Set()));
      const cluster = parse(name, text);
      const isAtOnePlace = (places.get(cluster?.incarnation ?? '')?.size ?? 0) <= 1;
      const isSound = !isShared && isAtOnePlace && wasOnlySound(commits, name);
      return [name, { name, generation, cluster, isSound }];
    });
    return new RepositoryView(commits, new Map(clusters));
  }
}

async function git(repository: string, args: readonly string[], input?: string): Promise<Buffer> {
  const { code, stdout, stderr } = await run('git', ['-C', repository, ...args], input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

async function readCommits(repository: string): Promise<Commit[]> {
  const format = '%x01%H%x00%P%x00%s%x00%(trailers:key=Request-Id,valueonly,separator=%x2C)%x00';
  const args = ['log', '--reverse', '--topo-order', '--no-renames', '--name-status', `--format=${format}`, 'main'];
  const log = (await git(repository, args)).toString();
  return log
    .split('\x01')
    .slice(1)
    .map((record) => {
      const [id = '', parents = '', subject = '', requestIds = '', files = ''] = record.split('\0');
      const changes = files
        .split('\n')
        .map((line) => line.split('\t'))
        .flatMap(([kind = '', path = '']) => {
          const cluster = clusterOfPath(path);
          return cluster === undefined ? [] : [{ kind, cluster, path }];
        });
      return {
        id,
        parents: parents.split(' ').filter(Boolean),
        subject,
        requestIds: requestIds.split(',').filter(Boolean),
        changes,
      };
    });
}

async function readHead(repository: string): Promise<{ name: string; generation: string; text: string }[]> {
  const tree = (await git(repository, ['ls-tree', `main:${clusterFiles.directory}`])).toString();
  const entries = tree.split('\n').flatMap((line) => {
    const [, , generation = '', file = ''] = line.split(/[ \t]/);
    const name = clusterFiles.nameOf(file);
    return name === undefined ? [] : [{ name, generation }];
  });
  const contents = await readObjects(
    repository,
    entries.map(({ generation }) => generation),
  );
  return entries.map((entry, index) => ({ ...entry, text: contents[index]?.text ?? '' }));
}

/** Contents of objects, in order. */
export async function readObjects(
  repository: string,
  names: readonly string[],
): Promise<readonly { readonly text: string }[]> {
  const output = await git(repository, ['cat-file', '--batch'], names.map((name) => `${name}\n`).join(''));
  const objects: { text: string }[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf('\n', start);
    const size = Number(/ (\d+)$/.exec(output.toString('latin1', start, end))?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) throw new Error(output.toString('latin1', start, end));
    objects.push({ text: output.toString('utf8', end + 1, end + 1 + size) });
    start = end + size + 2;
  }
  return objects;
}

function parse(name: string, text: string | undefined): Cluster | undefined {
  try {
    return text === undefined ? undefined : clusterFiles.decode(name, text).resource;
  } catch {
    return undefined;
  }
}

function wasOnlySound(commits: readonly Commit[], name: string): boolean {
  const touching = commits.filter(({ changes }) => changes.some(({ cluster }) => cluster === name));
  const added = touching.findLastIndex(({ changes }) => changes.some((c) => c.cluster === name && c.kind === 'A'));
  const life = touching.slice(Math.max(0, added));
  return life.every(({ requestIds, subject }) => requestIds.length === 1 || subject.startsWith(SOUND_SUBJECT));
}

/** The cluster that a path is the file of. */
function clusterOfPath(path: string): string | undefined {
  const prefix = `${clusterFiles.directory}/`;
  return path.startsWith(prefix) ? clusterFiles.nameOf(path.slice(prefix.length)) : undefined;
}
