import { setImmediate as turn } from 'node:timers/promises';
import { asNautesError, NautesError } from '../errors/errors.ts';
import { canonicalJson } from '../base/hash.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import { clusterFiles } from '../resources/cluster/cluster-files.ts';
import type { KeptFields } from '../resources/resource-file.ts';
import { clusterNameProblem } from '../resources/cluster/names.ts';
import { authorOf, commitMessage, encodeCommit, decodeCommit, type Person } from './git/commit-message.ts';
import type { ChangeRequest, ChangeResult, Edit, FilePreview } from './config-repo.ts';
import type { CommitInfo } from './git/commit-message.ts';
import { CLUSTERS_PATH, fileKey, type Head, KUSTOMIZATION_FILE, parseEntry } from './head.ts';
import type { ContentChange, Kustomization } from './kustomization.ts';
import { DIRECTORY_MODE, encodeEntry, FILE_MODE, objectId } from './git/objects.ts';
import { PackBuilder } from './git/pack.ts';
import { type ClusterEntry, ClusterMap } from './registered-clusters.ts';
import type { SortedRecords, Splice } from './git/sorted-records.ts';

/** Planning lets others run when it has taken this long. */
const TURN_MILLISECONDS = 10;

export interface PlanOptions {
  readonly committer: Person;
  /** Namespace that is written into files. */
  readonly namespace: string;
  /** Time of the commits, milliseconds since the epoch. */
  readonly now: number;
}

/** What becomes of one request: its result, or the error by which it is refused. */
export type Outcome = { readonly result: ChangeResult } | { readonly error: NautesError };

/** A commit of a plan. */
export interface PlannedCommit {
  /** Index of its request. */
  readonly request: number;
  /** Name of the cluster that it changes. */
  readonly name: string;
  readonly info: CommitInfo;
}

/** A row of commits on a head, one for each request that changes something. Nothing is written yet. */
export interface Plan {
  /** The state after the last commit. */
  readonly head: Head;
  readonly outcomes: readonly Outcome[];
  readonly commits: readonly PlannedCommit[];
  readonly pack: PackBuilder;
}

/** Carries out the requests one after the other; each sees the effect of those before it. */
export async function planChanges(head: Head, requests: readonly ChangeRequest[], options: PlanOptions): Promise<Plan> {
  const draft = new Draft(head, options);
  const outcomes: Outcome[] = [];
  const commits: PlannedCommit[] = [];
  let started = performance.now();
  for (const [index, request] of requests.entries()) {
    if (performance.now() - started > TURN_MILLISECONDS) {
      await turn();
      started = performance.now();
    }
    try {
      const { result, commit } = draft.carryOut(request);
      outcomes.push({ result });
      if (commit !== undefined) commits.push({ ...commit, request: index });
    } catch (error) {
      outcomes.push({ error: asNautesError(error) });
    }
  }
  return { head: draft.head(), outcomes, commits, pack: draft.pack };
}

/** The first commit of a repository: a kustomization without clusters. */
export function planFirstCommit(head: Head, options: PlanOptions): Plan {
  const draft = new Draft(head, options);
  draft.writeKustomization(undefined);
  const info = draft.commit(options.committer, 'Start the tenant configuration repository\n');
  return { head: draft.head(), outcomes: [], commits: [{ request: -1, name: '', info }], pack: draft.pack };
}

/** A cluster's file on a head as it would be written. */
interface WrittenFile {
  readonly id: string;
  readonly content: Buffer;
  readonly entry: ClusterEntry;
  readonly kept: KeptFields | undefined;
  /** False when the file says the same already. */
  readonly isNews: boolean;
}

/** The file that a save of the cluster would write, and whether it would make a commit. @throws NautesError */
export function previewFile(head: Head, cluster: Cluster, namespace: string): FilePreview {
  requireSound(head, { name: cluster.name, cluster });
  const { content, isNews } = writeClusterFile(head.snapshot.clusters, head.kept, cluster, namespace);
  return { file: content.toString(), changed: isNews };
}

function writeClusterFile(
  clusters: ReadonlyMap<string, ClusterEntry>,
  keptFields: ReadonlyMap<string, KeptFields>,
  cluster: Cluster,
  namespace: string,
): WrittenFile {
  const { name } = cluster;
  const content = Buffer.from(clusterFiles.encode(cluster, { namespace, kept: keptFields.get(name) }));
  const id = objectId('blob', content);
  // Read back: what is kept in memory is what everybody else will read, and nothing unreadable is written.
  const { entry, kept } = parseEntry(name, id, content.toString());
  if (entry.problem !== undefined) throw entry.problem;
  const present = clusters.get(name)?.cluster;
  const isNews = present === undefined || canonicalJson(present) !== canonicalJson(entry.cluster);
  return { id, content, entry, kept, isNews };
}

function requireSound(head: Head, { name, cluster }: Edit): void {
  if (head.obstacle !== undefined) throw new NautesError('ConfigRepoInvalid', { problem: head.obstacle });
  const problem = clusterNameProblem(name);
  if (problem !== undefined) throw new NautesError('ClusterFileInvalid', { name, problem });
  if (cluster !== undefined && cluster.name !== name) throw new Error('an edit changes the file of its own cluster');
}

/** A head in the making. Kept apart from the one it began with, so that it can be dropped. */
class Draft {
  readonly pack = new PackBuilder();
  readonly #options: PlanOptions;
  readonly #base: Head;
  #commit: string;
  readonly #parents: readonly SortedRecords[];
  readonly #directory: SortedRecords;
  /** Id of the directory's tree as of the last commit. */
  #directoryId: string;
  /** Changes of the directory since then. */
  #splices: Splice[] = [];
  readonly #kustomization: Kustomization;
  #kustomizationId: string;
  readonly #clusters: ClusterMap;
  readonly #kept: Map<string, KeptFields>;

  constructor(head: Head, options: PlanOptions) {
    this.#options = options;
    this.#base = head;
    this.#commit = head.snapshot.commit;
    this.#parents = head.parents.map((tree) => tree.copy());
    this.#directory = head.directory.copy();
    this.#directoryId = head.directoryId;
    this.#kustomization = head.kustomization.copy();
    this.#kustomizationId = head.kustomizationId;
    this.#clusters = ClusterMap.copyOf(head.snapshot.clusters);
    this.#kept = new Map(head.kept);
  }

  head(): Head {
    return {
      ...this.#base,
      snapshot: { commit: this.#commit, clusters: this.#clusters },
      parents: this.#parents,
      directory: this.#directory,
      directoryId: this.#directoryId,
      kustomization: this.#kustomization,
      kustomizationId: this.#kustomizationId,
      kept: this.#kept,
    };
  }

  /** A request that throws leaves everything as it was. */
  carryOut(request: ChangeRequest): { result: ChangeResult; commit?: { name: string; info: CommitInfo } } {
    const edit = request.decide(this.#clusters);
    if (edit === undefined) return { result: { commit: this.#commit, changed: false, generation: '' } };
    requireSound(this.#base, edit);
    if (edit.cluster === undefined) this.#remove(edit.name);
    else this.#save(edit.name, edit.cluster);
    const generation = this.#clusters.get(edit.name)?.generation ?? '';
    if (this.#splices.length === 0) return { result: { commit: this.#commit, changed: false, generation } };
    const info = this.commit(authorOf(request.author), commitMessage(request));
    return { result: { commit: info.id, changed: true, generation }, commit: { name: edit.name, info } };
  }

  /** Makes trees and a commit of the present state of the directory. */
  commit(author: Person, message: string): CommitInfo {
    this.#directoryId = this.pack.addChanged('tree', this.#directory.content, this.#directoryId, this.#splices);
    this.#splices = [];
    const content = encodeCommit({
      tree: this.#writeParents(),
      parent: this.#commit,
      author,
      committer: this.#options.committer,
      seconds: Math.floor(this.#options.now / 1000),
      message,
    });
    this.#commit = this.pack.add('commit', content);
    return decodeCommit(this.#commit, content);
  }

  /** Brings the kustomization's entry in the directory up to date, after the list has or has not changed. */
  writeKustomization(change: ContentChange | undefined): void {
    if (change !== undefined) {
      const splices = change.splice === undefined ? undefined : [change.splice];
      this.#kustomizationId = this.pack.addChanged('blob', change.content, this.#kustomizationId, splices);
    }
    const entry = encodeEntry({ mode: FILE_MODE, name: KUSTOMIZATION_FILE, id: this.#kustomizationId });
    if (this.#directory.get(KUSTOMIZATION_FILE)?.equals(entry) === true) return;
    this.pack.add('blob', this.#kustomization.content);
    this.#setEntry(KUSTOMIZATION_FILE, entry);
  }

  #save(name: string, cluster: Cluster): void {
    const written = writeClusterFile(this.#clusters, this.#kept, cluster, this.#options.namespace);
    const { id, content, entry, kept } = written;
    if (written.isNews) {
      this.pack.add('blob', content);
      this.#setEntry(fileKey(name), encodeEntry({ mode: FILE_MODE, name: fileKey(name), id }));
      this.#clusters.set(name, entry);
      if (kept !== undefined) this.#kept.set(name, kept);
    }
    this.writeKustomization(this.#kustomization.add(name));
  }

  #remove(name: string): void {
    if (!this.#clusters.delete(name)) return;
    this.#kept.delete(name);
    this.#deleteEntry(fileKey(name));
    this.writeKustomization(this.#kustomization.remove(name));
  }

  #setEntry(name: string, entry: Buffer): void {
    const gone = this.#directory.delete(`${name}/`);
    if (gone !== undefined) this.#splices.push(gone);
    const splice = this.#directory.set(name, entry);
    if (splice !== undefined) this.#splices.push(splice);
  }

  #deleteEntry(name: string): void {
    for (const key of [name, `${name}/`]) {
      const splice = this.#directory.delete(key);
      if (splice !== undefined) this.#splices.push(splice);
    }
  }

  /** The trees above the directory; returns the id of the root. */
  #writeParents(): string {
    let child = this.#directoryId;
    for (let depth = CLUSTERS_PATH.length - 1; depth >= 0; depth -= 1) {
      const name = CLUSTERS_PATH[depth] ?? '';
      const tree = this.#parents[depth];
      if (tree === undefined) throw new Error('a head has a tree for every directory above the clusters');
      tree.set(`${name}/`, encodeEntry({ mode: DIRECTORY_MODE, name, id: child }));
      child = this.pack.add('tree', tree.content);
    }
    return child;
  }
}
