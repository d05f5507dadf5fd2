import { glob, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from '../../base/files/decode-text.ts';
import { readBoundedFile } from '../../base/files/bounded-file.ts';
import { NautesError } from '../../errors/errors.ts';
import { codeOr } from '../../errors/system-code.ts';
import { message, quoted, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** A text with documents, and what to call it in messages. */
export interface SourceText {
  readonly place: Message;
  readonly text: string;
}

/** A file with more than this was hardly meant. */
const MAXIMUM_FILE_BYTES = 16 * 1024 * 1024;
const MAXIMUM_FILES = 10_000;
const DOCUMENT_FILE = /\.(ya?ml|json)$/;
export const STANDARD_INPUT = '-';

/**
 * Texts of files, directories (their `.yaml`, `.yml` and `.json` files, also of those below with `recursive`), glob
 * patterns and the standard input, in the order given; within a directory or a pattern in the order of names.
 * @throws NautesError `FileUnreadable`, `NothingFound`
 */
export async function readSources(
  given: readonly string[],
  recursive: boolean,
  readInput: () => Promise<string>,
): Promise<readonly SourceText[]> {
  const sources: SourceText[] = [];
  for (const name of given) {
    if (name === STANDARD_INPUT) sources.push({ place: message('Document.standardInput'), text: await readInput() });
    else
      for (const file of await filesOf(name, recursive))
        sources.push({ place: verbatim(file), text: await readText(file) });
  }
  return sources;
}

async function filesOf(name: string, recursive: boolean): Promise<readonly string[]> {
  if (/^https?:\/\//i.test(name))
    throw new NautesError('FileUnreadable', { file: name, problem: message('File.address') });
  const found = await stat(name).catch((error: unknown) => {
    if (isGlob(name)) return undefined;
    throw unreadable(name, error);
  });
  if (found === undefined) return globbed(name);
  return found.isDirectory() ? filesBelow(name, recursive) : [name];
}

function isGlob(name: string): boolean {
  return /[*?[{]/.test(name);
}

async function globbed(pattern: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern)) {
    if ((await stat(file)).isFile()) files.push(file);
    if (files.length > MAXIMUM_FILES) break;
  }
  if (files.length === 0) throw new NautesError('NothingFound', { files: [verbatim(pattern)] });
  return files.sort();
}

async function filesBelow(directory: string, recursive: boolean): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive, withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(directory, error);
  });
  return entries
    .filter((entry) => entry.isFile() && DOCUMENT_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function readText(file: string): Promise<string> {
  try {
    return decodeText(await readBoundedFile(file, MAXIMUM_FILE_BYTES, { pipes: true }));
  } catch (error) {
    throw unreadable(file, error);
  }
}

const PROBLEMS: Readonly<Record<string, Message>> = {
  ENOENT: message('File.missing'),
  EACCES: message('File.denied'),
  EISDIR: message('File.directory'),
  EFTYPE: message('File.notRegular'),
  ENOTDIR: message('File.parentNotDirectory'),
};

export function unreadable(file: string, error: unknown): NautesError {
  if (error instanceof NautesError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const problem = PROBLEMS[code] ?? codeOr(error, quoted(error instanceof Error ? error.message : 'unknown'));
  return new NautesError('FileUnreadable', { file, problem }, { cause: error });
}
