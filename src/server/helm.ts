import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Finds helm: the configured program, else the one that `make setup` brings, else that of PATH. */
export async function locateHelm(configured: string): Promise<string | undefined> {
  if (configured !== '') return (await isExecutable(configured)) ? configured : undefined;
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, 'helm'));
  for (const candidate of candidates) if (await isExecutable(candidate)) return candidate;
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
