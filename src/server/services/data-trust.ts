import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { isMissingFile } from '../../base/files/files.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { dataPaths } from '../configuration/data-paths.ts';

/** Who writes one of these acts with the rights of the server, or of those whose tokens they are. */
const TRUSTED = ['repository', 'secrets', 'sealingKey', 'tokens', 'installation', 'authorityKey'] as const;

const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;

/**
 * Refuses data that another user of the machine could have written: each path that matters must be of this user (or of
 * root) and writable by no other. The data directory itself may be a volume of root that all may write, as containers
 * get it: what is in it is what counts.
 * @throws NautesError `DataDirectoryExposed` naming the first such path
 */
export async function checkDataTrust(dataDirectory: string, own = process.getuid?.()): Promise<void> {
  if (own === undefined) return; // Windows: rights are not in the mode
  const directory = await attributesOf(dataDirectory);
  if (directory === undefined) return;
  if (directory.uid !== 0 || own === 0) refuseUnlessOwn(dataDirectory, directory, own);
  if ((directory.mode & OPEN_TO_OTHERS) === 0) return; // no other user gets to what is in it
  const paths = dataPaths(dataDirectory);
  for (const name of TRUSTED) {
    const found = await attributesOf(paths[name]);
    if (found !== undefined) refuseUnlessOwn(paths[name], found, own);
  }
}

async function attributesOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

function refuseUnlessOwn(path: string, { uid, mode }: Stats, own: number): void {
  if (uid !== own && uid !== 0) {
    throw new NautesError('DataDirectoryExposed', { path, problem: message('DataDirectoryExposed.owner', { uid }) });
  }
  if ((mode & WRITABLE_BY_OTHERS) === 0) return;
  throw new NautesError('DataDirectoryExposed', { path, problem: message('DataDirectoryExposed.writable') });
}
