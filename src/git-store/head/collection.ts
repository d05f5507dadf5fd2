import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { isUtf8 } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import { LayeredMap } from '../../base/layered-map.ts';
import { NautesError } from '../../errors/errors.ts';
import type { FileLayout, ResourceEntry } from '../../resources/repository-layout.ts';
import type { ObjectReader } from '../git/object-reader.ts';
import { decodeEntry, describeMode, isFileMode, objectId, type TreeEntry } from '../git/objects.ts';
import type { SortedRecords } from '../git/sorted-records.ts';
import type { DirectoryTree } from './directory-tree.ts';
import { Kustomization, MAXIMUM_KUSTOMIZATION_BYTES } from './kustomization.ts';
import { ResourceMap } from './resource-map.ts';

/** Files that are read together; others get their turn in between. */
const FILES_AT_ONCE = 50;

/** The resources of one kind at a commit; immutable. Their files are in the tree. */
export interface Collection {
  readonly layout: FileLayout;
  readonly resources: ResourceMap;
  /** What others put into files, for the few that have something. */
  readonly kept: LayeredMap<Kept>;
  /** Absent for a kind that no kustomization lists. */
  readonly kustomization?: KustomizationState;
}

/** What the layout keeps of a file beside its resource. */
export interface Kept {
  readonly fields: unknown;
}

export interface KustomizationState {
  readonly file: string;
  /** What it should be; what it is stands in the tree. */
  readonly list: Kustomization;
  /** Blob id of what it should be. */
  readonly id: string;
}

/** A file of a kind as it was read. */
export interface ReadFile {
  readonly entry: ResourceEntry;
  readonly kept?: Kept;
}

export function emptyCollection(layout: FileLayout): Collection {
  const { kustomization: file } = layout;
  return {
    layout,
    resources: ResourceMap.of(layout),
    kept: LayeredMap.of(),
    ...(file !== undefined && {
      kustomization: stateOf(
        file,
        Kustomization.from(undefined, [], () => false),
      ),
    }),
  };
}

/**
 * Brings a collection from one directory to another; returns it with the names whose files differ. Never fails because
 * of what a file says.
 */
export async function reloadCollection(
  reader: ObjectReader,
  before: Collection,
  [old, directory]: readonly [old: DirectoryTree, now: DirectoryTree],
): Promise<{ collection: Collection; changed: string[] }> {
  if (old === directory) return { collection: before, changed: [] };
  const { layout } = before;
  const resources = before.resources.copy();
  const kept = before.kept.copy();
  const changes = fileChanges(layout, old.records, directory.records);
  for (let start = 0; start < changes.length; start += FILES_AT_ONCE) {
    const slice = changes.slice(start, start + FILES_AT_ONCE);
    const read = await Promise.all(slice.map(({ name, entry }) => readEntry(reader, layout, name, entry)));
    for (const [index, { name }] of slice.entries()) {
      const found = read[index];
      if (found === undefined) resources.delete(name);
      else resources.set(found.entry);
      if (found?.kept === undefined) kept.delete(name);
      else kept.set(name, found.kept);
    }
    await turn();
  }
  const collection = await withKustomization(reader, { layout, resources, kept }, directory.records);
  return { collection, changed: changes.map(({ name }) => name) };
}

/** The entry of a file with this text. */
export function parseFile(layout: FileLayout, name: string, fileRevision: string, text: string): ReadFile {
  try {
    const { resource, kept } = layout.decode(name, text);
    return { entry: { name, fileRevision, resource }, ...(kept !== undefined && { kept: { fields: kept } }) };
  } catch (error) {
    if (!(error instanceof NautesError)) throw error;
    return { entry: { name, fileRevision, problem: error } };
  }
}

interface FileChange {
  readonly name: string;
  /** Absent when the file is gone. */
  readonly entry: TreeEntry | undefined;
}

/** Compares two sorted trees; only what may be a file of the kind counts. */
function fileChanges(layout: FileLayout, before: SortedRecords, after: SortedRecords): FileChange[] {
  const changes = new Map<string, FileChange>();
  const note = (record: Buffer, isThere: boolean): void => {
    const entry = decodeEntry(record);
    const name = layout.nameOf(entry.name);
    if (name === undefined) return;
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

/** How a pointer of Git LFS begins (its specification, spec.md). */
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

async function readEntry(
  reader: ObjectReader,
  layout: FileLayout,
  name: string,
  entry: TreeEntry | undefined,
): Promise<ReadFile | undefined> {
  if (entry === undefined) return undefined;
  const faulty = (problem: Message): ReadFile => ({
    entry: { name, fileRevision: entry.id, problem: layout.invalid(name, problem) },
  });
  if (!isFileMode(entry.mode)) return faulty(message('file.mode', { mode: describeMode(entry.mode) }));
  const info = await reader.info(entry.id);
  if (info?.type !== 'blob') return faulty(message('file.contentMissing'));
  if (info.size > layout.maximumBytes) return faulty(message('file.tooLarge', { maximum: layout.maximumBytes }));
  const content = await reader.content(entry.id, 'blob');
  if (!isUtf8(content)) return faulty(message('file.notUtf8'));
  if (content.subarray(0, LFS_POINTER.length).equals(LFS_POINTER)) return faulty(message('file.lfs'));
  return parseFile(layout, name, entry.id, content.toString('utf8'));
}

async function withKustomization(
  reader: ObjectReader,
  collection: Omit<Collection, 'kustomization'>,
  records: SortedRecords,
): Promise<Collection> {
  const { kustomization: file } = collection.layout;
  if (file === undefined) return collection;
  const text = await readKustomization(reader, file, records);
  const list = Kustomization.from(text, readableFiles(collection), (each) => isFileMode(modeOf(records, each)));
  return { ...collection, kustomization: stateOf(file, list) };
}

function stateOf(file: string, list: Kustomization): KustomizationState {
  return { file, list, id: objectId('blob', list.content) };
}

async function readKustomization(
  reader: ObjectReader,
  file: string,
  records: SortedRecords,
): Promise<string | undefined> {
  const record = records.get(file);
  if (record === undefined) return undefined;
  const { mode, id } = decodeEntry(record);
  const info = isFileMode(mode) ? await reader.info(id) : undefined;
  if (info?.type !== 'blob' || info.size > MAXIMUM_KUSTOMIZATION_BYTES) return undefined;
  const content = await reader.content(id, 'blob');
  return isUtf8(content) ? content.toString('utf8') : undefined;
}

function modeOf(records: SortedRecords, file: string): string {
  const record = records.get(file) ?? records.get(`${file}/`);
  return record === undefined ? '' : decodeEntry(record).mode;
}

function* readableFiles({ layout, resources }: Pick<Collection, 'layout' | 'resources'>): Generator<string, void> {
  for (const entry of resources.values()) if (entry.resource !== undefined) yield layout.fileOf(entry.name);
}
