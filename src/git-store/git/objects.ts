import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { createHash } from 'node:crypto';
import { SortedRecords } from './sorted-records.ts';

/** The kinds of Git object that we write. */
export type ObjectType = 'commit' | 'tree' | 'blob';

/** Modes of tree entries, as they stand in a tree object. */
export const FILE_MODE = '100644';
export const DIRECTORY_MODE = '40000';
const EXECUTABLE_MODE = '100755';
const SYMLINK_MODE = '120000';

/** The object id that stands for "none". */
export const NO_OBJECT = '0'.repeat(40);

export interface TreeEntry {
  readonly mode: string;
  /** One character for each byte, since names need not be UTF-8. */
  readonly name: string;
  readonly id: string;
}

/** The id of an object: SHA-1 over its type, size and content (gitformat-loose). */
export function objectId(type: ObjectType, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

/** The entries of a tree object by {@link treeKey}. @throws Error when it is not a tree */
export function readTree(content: Buffer): SortedRecords {
  const records: [string, Buffer][] = [];
  for (let start = 0; start < content.length; ) {
    const space = content.indexOf(0x20, start);
    const zero = content.indexOf(0, start);
    const end = zero + 21;
    if (zero < 0 || space < 0 || space > zero || end > content.length) throw new Error('a tree object is damaged');
    const mode = content.toString('latin1', start, space);
    records.push([treeKey({ mode, name: content.toString('latin1', space + 1, zero) }), content.subarray(start, end)]);
    start = end;
  }
  return SortedRecords.from(Buffer.alloc(0), records);
}

/** What a tree is sorted by: the name, that of a directory with a slash. */
export function treeKey({ mode, name }: Pick<TreeEntry, 'mode' | 'name'>): string {
  return mode === DIRECTORY_MODE ? `${name}/` : name;
}

export function encodeEntry({ mode, name, id }: TreeEntry): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex')]);
}

export function decodeEntry(record: Buffer): TreeEntry {
  const space = record.indexOf(0x20);
  const zero = record.indexOf(0, space);
  return {
    mode: record.toString('latin1', 0, space),
    name: record.toString('latin1', space + 1, zero),
    id: record.toString('hex', zero + 1),
  };
}

export function isFileMode(mode: string): boolean {
  return mode === FILE_MODE || mode === EXECUTABLE_MODE || mode === '100664'; // the last in very old repositories
}

/** The mode in words, for messages. */
export function describeMode(mode: string): Message {
  if (mode === DIRECTORY_MODE) return message('mode.directory');
  if (mode === SYMLINK_MODE) return message('mode.symlink');
  return isFileMode(mode) ? message('mode.file') : message('mode.submodule');
}
