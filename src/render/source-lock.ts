import { join } from 'node:path';
import { NautesError } from '../errors/errors.ts';
import { makePrivateDirectory, readFileIfPresent, writeFileAtomically } from '../base/files/files.ts';
import { KeyedMutex } from '../base/async/keyed-mutex.ts';

const LOCK_FILE = 'sources.lock.json';
const MAXIMUM_LOCK_BYTES = 4 * 1024 * 1024;

/** The lock file's name, for messages. */
export const LOCK_FILE_NAME = LOCK_FILE;

/**
 * Digests of sources without one in the catalogue, by location, as recorded at their first download.
 * The file is JSON with one line per source; an operator may remove lines. It is read at every use, which is rare.
 */
export class SourceLock {
  readonly #directory: string;
  readonly #mutex = new KeyedMutex();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws NautesError `SourceLockDamaged` rather than dropping recorded digests */
  async read(): Promise<ReadonlyMap<string, string>> {
    const file = join(this.#directory, LOCK_FILE);
    const bytes = await readFileIfPresent(file, MAXIMUM_LOCK_BYTES);
    return bytes === undefined ? new Map() : parseLock(bytes.toString(), file);
  }

  /** Records the digest unless there is one; returns the recorded one. Durable when it resolves. */
  record(location: string, digest: string): Promise<string> {
    return this.#mutex.run('', async () => {
      const recorded = await this.read();
      const before = recorded.get(location);
      if (before !== undefined) return before;
      const sorted = [...recorded, [location, digest]].toSorted(([left = ''], [right = '']) => (left < right ? -1 : 1));
      await makePrivateDirectory(this.#directory);
      const text = `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
      await writeFileAtomically(join(this.#directory, LOCK_FILE), text);
      return digest;
    });
  }
}

function parseLock(text: string, file: string): ReadonlyMap<string, string> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new NautesError('SourceLockDamaged', { file }, { cause: error });
  }
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
  const entries: [string, unknown][] = isObject ? Object.entries(content as object) : [];
  const digests = entries.filter((entry): entry is [string, string] => isDigest(entry[1]));
  if (!isObject || digests.length < entries.length) throw new NautesError('SourceLockDamaged', { file });
  return new Map(digests);
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
