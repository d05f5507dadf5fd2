import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MAXIMUM_NOTES = 10_000;
const MAXIMUM_LENGTH = 4096;

/**
 * Small texts by key, a file each, that outlive the process and not the machine: nothing is synced, and a note is
 * written before the call returns. Methods throw what the file system says.
 */
export class ProcessNotes {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The notes there are, at most {@link MAXIMUM_NOTES}. Files that are no notes are removed. */
  read(): ReadonlyMap<string, string> {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const notes = new Map<string, string>();
    for (const name of readdirSync(this.#directory).slice(0, MAXIMUM_NOTES)) {
      const key = decoded(name);
      if (key === undefined) rmSync(join(this.#directory, name), { force: true });
      else notes.set(key, readFileSync(join(this.#directory, name), 'utf8').slice(0, MAXIMUM_LENGTH));
    }
    return notes;
  }

  put(key: string, text: string): void {
    writeFileSync(this.#file(key), text, { mode: 0o600 });
  }

  /** Absent is fine. */
  remove(key: string): void {
    rmSync(this.#file(key), { force: true });
  }

  #file(key: string): string {
    return join(this.#directory, Buffer.from(key).toString('base64url'));
  }
}

/** The key of a file name; `undefined` when it is of no note. */
function decoded(name: string): string | undefined {
  return /^[A-Za-z0-9_-]+$/.test(name) ? Buffer.from(name, 'base64url').toString() : undefined;
}
