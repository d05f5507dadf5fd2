import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { isMissingFile } from '../../base/files/files.ts';
import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import { dataPaths } from '../configuration/data-paths.ts';

/** Who writes one of these acts with the rights of the server, or of those whose tokens they are. */
const TRUSTED = ['repository', 'secrets', 'sealingKey', 'tokens', 'installation', 'authorityKey'] as const;

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_ALL = 0o002;
const OPEN_TO_OTHERS = 0o077;
const SET_GROUP = 0o2000;

/** The user and the groups of this process. */
export interface ProcessIdentity {
  readonly user: number;
  readonly groups: readonly number[];
}

/**
 * Refuses data that another user of the machine could have written: each path that matters must be of this user (or of
 * root) and writable by no other. The data directory itself may be a volume of root that all may write, as containers
 * get it: what is in it is what counts. On a volume with a group for this process (`fsGroup` of a Pod) that group may write:
 * Kubernetes gives it that right on everything in the volume.
 * @throws NautesError `DataDirectoryExposed` naming the first such path
 */
export async function checkDataTrust(dataDirectory: string, own = ownIdentity()): Promise<void> {
  if (own === undefined) return; // Windows: rights are not in the mode
  const directory = await attributesOf(dataDirectory);
  if (directory === undefined) return;
  const isVolume = directory.uid === 0 && own.user !== 0;
  if (!isVolume) refuseUnlessOwn(dataDirectory, directory, own.user);
  if ((directory.mode & OPEN_TO_OTHERS) === 0) return; // no other user gets to what is in it
  const hasGroup = isVolume && (directory.mode & SET_GROUP) !== 0 && own.groups.includes(directory.gid);
  const paths = dataPaths(dataDirectory);
  for (const name of TRUSTED) {
    const found = await attributesOf(paths[name]);
    if (found !== undefined) refuseUnlessOwn(paths[name], found, own.user, hasGroup ? directory.gid : undefined);
  }
}

function ownIdentity(): ProcessIdentity | undefined {
  const user = process.getuid?.();
  return user === undefined ? undefined : { user, groups: process.getgroups?.() ?? [] };
}

async function attributesOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** @param volumeGroup the group that may write, where the volume has one */
function refuseUnlessOwn(path: string, { uid, gid, mode }: Stats, own: number, volumeGroup?: number): void {
  if (uid !== own && uid !== 0) {
    throw new NautesError('DataDirectoryExposed', { path, problem: message('DataDirectoryExposed.owner', { uid }) });
  }
  const exposing = gid === volumeGroup ? WRITABLE_BY_ALL : WRITABLE_BY_ALL | WRITABLE_BY_GROUP;
  if ((mode & exposing) === 0) return;
  throw new NautesError('DataDirectoryExposed', { path, problem: message('DataDirectoryExposed.writable') });
}
