import { constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isAccessible } from '../cache/user-cache.ts';

/** Debian's packages for the programs that an image is built and run with. */
const PACKAGES = { mmdebstrap: 'mmdebstrap', umoci: 'umoci', runc: 'runc' } as const;

export type ImageProgram = keyof typeof PACKAGES;

/** What is missing of these programs, with the command that installs it on Debian; undefined when nothing is. */
export async function missingPrograms(programs: readonly ImageProgram[]): Promise<string | undefined> {
  const found = await Promise.all(programs.map(isOnPath));
  const missing = programs.filter((_, index) => found[index] === false);
  if (missing.length === 0) return undefined;
  const packages = missing.map((program) => PACKAGES[program]).join(' ');
  return `${missing.join(', ')} not found: apt-get install --no-install-recommends ${packages}`;
}

async function isOnPath(program: string): Promise<boolean> {
  const directories = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = directories.map((directory) => isAccessible(join(directory, program), constants.X_OK));
  return (await Promise.all(candidates)).includes(true);
}
