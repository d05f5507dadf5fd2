import { NautesError } from '../../errors/errors.ts';

/** Attempts after a check-and-set conflict; more conflicts in a row mean a competing writer. */
const ATTEMPTS = 8;

/**
 * Reads and writes what follows from it, again when another writer was faster.
 * @throws NautesError `VaultConflict` when others were faster every time
 */
export async function retryingConflicts<T>(readAndWrite: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readAndWrite();
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Another writer was faster. */
export function isConflict(error: unknown): boolean {
  return error instanceof NautesError && error.reason === 'VaultConflict';
}
