import { NautesError } from '../../errors/errors.ts';
import { quoted } from '../../messages/message.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** The error that callers know; anything that does not come from SQLite or the file system is passed on as it is. */
export function statusStoreError(error: unknown, file: string): unknown {
  if (error instanceof NautesError || !(error instanceof Error)) return error;
  const code = primaryCode(error);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new NautesError('StatusStoreDamaged', { file, problem: quoted(error.message) }, { cause: error });
  }
  const isOfSystem = code !== undefined || 'syscall' in error;
  return isOfSystem
    ? new NautesError('StatusStoreUnavailable', { problem: quoted(error.message) }, { cause: error })
    : error;
}

function primaryCode(error: Error): number | undefined {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
