import { readdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import { verbatim } from '../../messages/message.ts';
import { isMissingFile, readFileIfPresent, removeIfAbandoned, syncDirectory } from '../../base/files/files.ts';
import type { CredentialScope } from '../../resources/credential.ts';
import { isVersion, MAXIMUM_CREDENTIAL_BYTES, scopeProblem } from '../credential-names.ts';
import { ENVELOPE_OVERHEAD_BYTES } from './envelope.ts';
import { keyIdOf } from './sealed-credential.ts';
import type { ActivePointer, StoredVersion } from '../secret-store.ts';

const MAXIMUM_ENVELOPE_BYTES = MAXIMUM_CREDENTIAL_BYTES + ENVELOPE_OVERHEAD_BYTES;
const MAXIMUM_POINTER_BYTES = 1024;

export const POINTER_FILE = 'active';
const SEALED_SUFFIX = '.sealed';

/** Temporary files older than this were left by a crash during a write and are removed. */
const ABANDONED_AFTER_MILLISECONDS = 60 * 60 * 1000;

export function sealedPath(directory: string, version: string): string {
  return join(directory, `${version}${SEALED_SUFFIX}`);
}

/**
 * The envelope of a version, `undefined` when there is none.
 * @throws RangeError when the file is larger than any of ours
 */
export function readSealed(directory: string, version: string): Promise<Buffer | undefined> {
  return readFileIfPresent(sealedPath(directory, version), MAXIMUM_ENVELOPE_BYTES);
}

/** The active pointer, `undefined` when there is none. Only the disk or an operator can damage it. */
export async function readPointer(directory: string): Promise<ActivePointer | 'damaged' | undefined> {
  try {
    const content = await readFileIfPresent(join(directory, POINTER_FILE), MAXIMUM_POINTER_BYTES);
    if (content === undefined) return undefined;
    const { version, revision } = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
    if (typeof version !== 'string' || !isVersion(version) || typeof revision !== 'string') return 'damaged';
    return { version, revision };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError) return 'damaged';
    throw error;
  }
}

/** When the file was last staged, `undefined` when it does not exist. */
export async function storedAt(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).mtime.toISOString();
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** Every registration that has a directory. Other names are ignored. */
export async function scopesIn(root: string): Promise<CredentialScope[]> {
  const scopes: CredentialScope[] = [];
  for (const cluster of await namesIn(root)) {
    for (const incarnation of await namesIn(join(root, cluster))) {
      const scope = { cluster, incarnation };
      if (scopeProblem(scope) === undefined) scopes.push(scope);
    }
  }
  return scopes;
}

/** Every version of a registration. Removes the files of interrupted writes. */
export async function versionsIn(directory: string, scope: CredentialScope): Promise<StoredVersion[]> {
  const pointer = await readPointer(directory);
  const active = pointer === undefined || pointer === 'damaged' ? undefined : pointer.version;
  const versions: StoredVersion[] = [];
  for (const name of await namesIn(directory)) {
    await removeIfAbandoned(join(directory, name), ABANDONED_AFTER_MILLISECONDS);
    const version = name.endsWith(SEALED_SUFFIX) ? name.slice(0, -SEALED_SUFFIX.length) : '';
    if (!isVersion(version)) continue;
    const time = await storedAt(join(directory, name));
    if (time !== undefined) versions.push({ scope, version, active: version === active, storedAt: time });
  }
  return versions;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    // Other entries are not ours, and a registration may be removed during the listing.
    if (isMissingFile(error) || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

export async function removeEmptyDirectory(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    if (!isMissingFile(error) && !hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
}

export async function syncIfPresent(directory: string): Promise<void> {
  try {
    await syncDirectory(directory);
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
}

/** Enough to detect a wrong key at the start; single files can still be sealed with another one. */
export async function keyIdOfFirstEnvelope(root: string): Promise<string | undefined> {
  for (const { cluster, incarnation } of await scopesIn(root)) {
    const directory = join(root, cluster, incarnation);
    for (const name of await namesIn(directory)) {
      if (!name.endsWith(SEALED_SUFFIX)) continue;
      const envelope = await readFileIfPresent(join(directory, name), MAXIMUM_ENVELOPE_BYTES);
      const id = envelope === undefined ? undefined : keyIdOf(envelope);
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

/** True when the directory holds a sealed credential, which a new key could not open. */
export async function holdsSealedCredentials(directory: string): Promise<boolean> {
  return (await io(() => keyIdOfFirstEnvelope(directory))) !== undefined;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Maps file-system failures to the store's error. */
export async function io<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    const problem = verbatim(`${String(error.code)} (${String(error.syscall)})`);
    throw new NautesError('SecretStoreUnavailable', { problem }, { cause: error });
  }
}
