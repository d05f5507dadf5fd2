import { constants } from 'node:fs';
import { join } from 'node:path';
import { userCacheDirectory } from '../../src/base/files/user-cache.ts';
import { isAccessible } from '../cache/user-cache.ts';

/** What a test prints as the reason for skipping. */
export const SSHD_NOT_THERE = 'no sshd for tests: run make sshd';

/** Raised when what is unpacked changes. */
const REVISION = '1';

/** The program, what it needs of Debian beside the client, and the library that gives it accounts of its own. */
const FILES = ['sshd', 'libwrap.so.0', 'libnss_wrapper.so'] as const;

/** Where the unpacked packages belong, whether or not they are there. */
export function sshdDirectory(): string {
  return join(userCacheDirectory(), 'sshd', `${process.platform}-${process.arch}-${REVISION}`);
}

/** The result of `make sshd`, or undefined before it. */
export async function sshdFiles(): Promise<readonly string[] | undefined> {
  const files = FILES.map((name) => join(sshdDirectory(), name));
  const areThere = await Promise.all(files.map((file) => isAccessible(file, constants.R_OK)));
  return areThere.includes(false) ? undefined : files;
}
