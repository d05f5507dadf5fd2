import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHARED = join(import.meta.dirname, '../../../../shared');

/** Reason to skip tests that need the reference material beside the checkout; `false` when it is there. */
export const sharedMissing: string | false = existsSync(SHARED)
  ? false
  : 'the reference material (../shared) is not there';

export function readShared(path: string): string {
  return readFileSync(join(SHARED, path), 'utf8');
}

export function readSamples<T>(path: string): T[] {
  return readShared(path)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T);
}
