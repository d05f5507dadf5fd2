import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipedShell } from './supervised-process.ts';

/** When set, the folders are kept for inspection, and their names are printed. */
export const KEEP_VARIABLE = 'NAUTES_KEEP_CONTROL_PLANE';

/** Removes the folder at the end of the pipe; programs that are just being killed may still write into it. */
const REMOVE_AT_END = 'read -r _; until rm -rf -- "$1" && [ ! -e "$1" ]; do sleep 0.1; done';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
}

/** A private folder for temporary files that is gone after this process, however that ends. */
export async function temporaryDirectory(prefix: string): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  if ((process.env[KEEP_VARIABLE] ?? '') !== '') {
    console.log(`kept: ${path}`);
    return { path, async [Symbol.asyncDispose]() {} };
  }
  const shell = await PipedShell.start(REMOVE_AT_END, [path], 'ignore');
  return {
    path,
    [Symbol.asyncDispose]: () => shell.closePipe(),
  };
}
