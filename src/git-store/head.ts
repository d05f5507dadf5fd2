import { isUtf8 } from 'node:buffer';
import { NautesError } from '../errors/errors.ts';
import { clusterFiles } from '../resources/cluster/cluster-files.ts';
import type { KeptFields } from '../resources/resource-file.ts';
import { CLUSTERS_DIRECTORY, CLUSTERS_KUSTOMIZATION } from '../resources/cluster/layout.ts';
import { clusterNameProblem } from '../resources/cluster/names.ts';
import { decodeCommit } from './git/commit-message.ts';
import type { Snapshot } from './config-repo.ts';
import { Kustomization, MAXIMUM_KUSTOMIZATION_BYTES } from './kustomization.ts';
import type { ObjectReader } from './git/object-reader.ts';
import { decodeEntry, describeMode, isFileMode, objectId, readTree, type TreeEntry } from './git/objects.ts';
import { type ClusterEntry, ClusterMap } from './registered-clusters.ts';
import { SortedRecords } from './git/sorted-records.ts';

/** The directories from the root to the one of the clusters. */
export const CLUSTERS_PATH: readonly string[] = CLUSTERS_DIRECTORY.split('/');
export const KUSTOMIZATION_FILE = CLUSTERS_KUSTOMIZATION.slice(CLUSTERS_DIRECTORY.length + 1);

const FILE_SUFFIX = '.yaml';

/** Everything that is kept in memory of the head of `main`; immutable. */
export interface Head {
  readonly snapshot: Snapshot;
  /** The trees above the directory of the clusters, the root first. */
  readonly parents: readonly SortedRecords[];
  /** The tree of the directory of the clusters. */
  readonly directory: SortedRecords;
  readonly directoryId: string;
  /** What the kustomization should be; what it is stands in the directory. */
  readonly kustomization: Kustomization;
  readonly kustomizationId: string;
  /** What others put into the files of clusters, for the few that have something. */
  readonly kept: ReadonlyMap<string, KeptFields>;
  /** Why nothing can be written, e.g. when a file stands where a directory should be. */
  readonly obstacle?: string;
}

/** The head of a repository without a commit. */
export function emptyHead(): Head {
  const nothing = SortedRecords.from(Buffer.alloc(0), []);
  const kustomization = Kustomization.from(undefined, [], () => false);
  return {
    snapshot: { commit: '', clusters: ClusterMap.of() },
    parents: CLUSTERS_PATH.map(() => nothing),
    directory: nothing,
    directoryId: objectId('tree', nothing.content),
    kustomization,
    kustomizationId: objectId('blob', kustomization.content),
    kept: new Map(),
  };
}

/** Reads a head; what is as in the one before is taken from there. Never fails because of what people committed. */
export async function loadHead(
  reader: ObjectReader,
  commit: string,
  before: Head,
): Promise<{ head: Head; changed: string[] }> {
  const { parents, directory, obstacle } = await readPath(reader, commit);
  const clusters = ClusterMap.copyOf(before.snapshot.clusters);
  const kept = new Map(before.kept);
  const changes = clusterFileChanges(before.directory, directory);
  const read = await Promise.all(changes.map(({ name, entry }) => readEntry(reader, name, entry)));
  for (const [index, { name }] of changes.entries()) {
    const found = read[index];
    clusters.delete(name);
    kept.delete(name);
    if (found === undefined) continue;
    clusters.set(name, found.entry);
    if (found.kept !== undefined) kept.set(name, found.kept);
  }
  const kustomization = Kustomization.from(await readKustomization(reader, directory), understood(clusters), (file) =>
    isFileMode(modeOf(directory, file)),
  );
  const head: Head = {
    snapshot: { commit, clusters },
    parents,
    directory,
    directoryId: objectId('tree', directory.content),
    kustomization,
    kustomizationId: objectId('blob', kustomization.content),
    kept,
    ...(obstacle !== undefined && { obstacle }),
  };
  return { head, changed: changes.map(({ name }) => name) };
}

/** Key of a cluster's file in the tree of the directory. */
export function fileKey(name: string): string {
  return `${name}${FILE_SUFFIX}`;
}

async function readPath(
  reader: ObjectReader,
  commit: string,
): Promise<{ parents: SortedRecords[]; directory: SortedRecords; obstacle?: string }> {
  const root = decodeCommit(commit, await reader.content(commit, 'commit')).tree;
  const trees = [readTree(await reader.content(root, 'tree'))];
  let obstacle: string | undefined;
  for (const [depth, name] of CLUSTERS_PATH.entries()) {
    const above = trees[depth];
    const record = above?.get(`${name}/`);
    if (record === undefined && above?.get(name) !== undefined) {
      obstacle ??= `${CLUSTERS_PATH.slice(0, depth + 1).join('/')} is not a directory`;
    }
    const content = record === undefined ? Buffer.alloc(0) : await reader.content(decodeEntry(record).id, 'tree');
    trees.push(readTree(content));
  }
  const directory = trees.pop() ?? readTree(Buffer.alloc(0));
  return { parents: trees, directory, ...(obstacle !== undefined && { obstacle }) };
}

interface FileChange {
  readonly name: string;
  /** Absent when the file is gone. */
  readonly entry: TreeEntry | undefined;
}

/** Compares two sorted trees; only what may be the file of a cluster counts. */
function clusterFileChanges(before: SortedRecords, after: SortedRecords): FileChange[] {
  const changes = new Map<string, FileChange>();
  const note = (record: Buffer, isThere: boolean): void => {
    const entry = decodeEntry(record);
    const name = entry.name.endsWith(FILE_SUFFIX) ? entry.name.slice(0, -FILE_SUFFIX.length) : '';
    if (clusterNameProblem(name) !== undefined) return;
    // A directory and a file of one name may take turns: what is there wins over what is gone.
    if (isThere || changes.get(name) === undefined) changes.set(name, { name, entry: isThere ? entry : undefined });
  };
  const [oldKeys, newKeys] = [before.keys(), after.keys()];
  let [old, fresh] = [0, 0];
  while (old < oldKeys.length || fresh < newKeys.length) {
    const [oldKey, newKey] = [oldKeys[old], newKeys[fresh]];
    if (newKey === undefined || (oldKey !== undefined && oldKey < newKey)) {
      note(before.at(old), false);
      old += 1;
    } else if (oldKey === undefined || newKey < oldKey) {
      note(after.at(fresh), true);
      fresh += 1;
    } else {
      if (!before.at(old).equals(after.at(fresh))) note(after.at(fresh), true);
      old += 1;
      fresh += 1;
    }
  }
  return [...changes.values()];
}

async function readEntry(
  reader: ObjectReader,
  name: string,
  entry: TreeEntry | undefined,
): Promise<{ entry: ClusterEntry; kept?: KeptFields } | undefined> {
  if (entry === undefined) return undefined;
  const faulty = (problem: string) => ({ entry: problemEntry(name, entry.id, problem) });
  if (!isFileMode(entry.mode)) return faulty(`it is ${describeMode(entry.mode)}, not a file`);
  const info = await reader.info(entry.id);
  if (info?.type !== 'blob') return faulty('its content is missing in the repository');
  if (info.size > clusterFiles.maximumBytes) return faulty(`it is larger than ${clusterFiles.maximumBytes} bytes`);
  const content = await reader.content(entry.id, 'blob');
  if (!isUtf8(content)) return faulty('it is not UTF-8');
  return parseEntry(name, entry.id, content.toString('utf8'));
}

/** The entry of a file with this text. */
export function parseEntry(name: string, id: string, text: string): { entry: ClusterEntry; kept?: KeptFields } {
  try {
    const { resource: cluster, kept } = clusterFiles.decode(name, text);
    return { entry: { name, generation: id, cluster }, ...(kept !== undefined && { kept }) };
  } catch (error) {
    if (!(error instanceof NautesError)) throw error;
    return { entry: { name, generation: id, problem: error } };
  }
}

function problemEntry(name: string, id: string, problem: string): ClusterEntry {
  return { name, generation: id, problem: new NautesError('ClusterFileInvalid', { name, problem }) };
}

async function readKustomization(reader: ObjectReader, directory: SortedRecords): Promise<string | undefined> {
  const record = directory.get(KUSTOMIZATION_FILE);
  if (record === undefined) return undefined;
  const { mode, id } = decodeEntry(record);
  const info = isFileMode(mode) ? await reader.info(id) : undefined;
  if (info?.type !== 'blob' || info.size > MAXIMUM_KUSTOMIZATION_BYTES) return undefined;
  const content = await reader.content(id, 'blob');
  return isUtf8(content) ? content.toString('utf8') : undefined;
}

function modeOf(directory: SortedRecords, file: string): string {
  const record = directory.get(file) ?? directory.get(`${file}/`);
  return record === undefined ? '' : decodeEntry(record).mode;
}

function* understood(clusters: ReadonlyMap<string, ClusterEntry>): Iterable<string> {
  for (const [name, entry] of clusters) if (entry.cluster !== undefined) yield name;
}
