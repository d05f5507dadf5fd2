import { NautesError } from '../errors/errors.ts';
import type { CredentialScope, StoredCredential } from '../resources/credential.ts';
import { credentialDigest } from './credential-codec.ts';
import type { SecretStore, StoredVersion } from './secret-store.ts';

/** The result of a migration. */
export interface MigrationReport {
  readonly registrations: number;
  /** Credentials that this run copied. */
  readonly copied: number;
  /** Credentials that an earlier run had copied. */
  readonly present: number;
  /** Credentials that the old store cannot open, with the reason; they are not copied. */
  readonly unreadable: readonly (CredentialScope & { readonly version: string; readonly problem: string })[];
}

interface Progress {
  copied: number;
  present: number;
  readonly unreadable: (CredentialScope & { readonly version: string; readonly problem: string })[];
}

export interface MigrationOptions {
  /** Called before each registration. */
  readonly onRegistration?: (scope: CredentialScope, index: number, count: number) => void;
  /** What the target has besides goes, and is never newer: the caller knows that the source is the one in use. */
  readonly mirror?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Copies everything to another store, under the same names and with the same active versions, and verifies it by
 * reading it back. The old store is not changed and stays in use until the configuration names the new one; neither may
 * be written to meanwhile. Can be interrupted anywhere and run again.
 * @throws NautesError `MigrationTargetNewer`, `MigrationMismatch` and those of the stores
 */
export async function migrateCredentials(
  from: SecretStore,
  to: SecretStore,
  { onRegistration, mirror = false, signal }: MigrationOptions,
): Promise<MigrationReport> {
  const progress: Progress = { copied: 0, present: 0, unreadable: [] };
  const source = Map.groupBy(await from.list(signal), ({ scope }) => keyOf(scope));
  if (mirror) await removeOthers(source, from, to, signal);
  const registrations = [...source];
  for (const [index, [, versions]] of registrations.entries()) {
    const scope = versions[0]?.scope;
    if (scope === undefined) continue;
    onRegistration?.(scope, index + 1, registrations.length);
    await migrateRegistration({ from, to, scope, versions, progress, mirror, signal });
  }
  return { registrations: registrations.length, ...progress };
}

interface Registration {
  readonly from: SecretStore;
  readonly to: SecretStore;
  readonly scope: CredentialScope;
  readonly versions: readonly StoredVersion[];
  readonly progress: Progress;
  readonly mirror: boolean;
  readonly signal: AbortSignal;
}

/** Removes from the target what the source does not have; a registration without an active version starts over. */
async function removeOthers(
  source: ReadonlyMap<string, readonly StoredVersion[]>,
  from: SecretStore,
  to: SecretStore,
  signal: AbortSignal,
): Promise<void> {
  for (const [key, stored] of Map.groupBy(await to.list(signal), ({ scope }) => keyOf(scope))) {
    const scope = stored[0]?.scope;
    if (scope === undefined) continue;
    const kept = source.get(key);
    if (kept === undefined || (await from.active(scope, signal)) === undefined) {
      await to.removeAll(scope, signal);
      continue;
    }
    for (const { version, active } of stored) {
      const isKept = kept.some((each) => each.version === version);
      // The active one stays until another is active.
      if (!isKept && !active) await to.remove(scope, version, signal);
    }
  }
}

function keyOf({ cluster, incarnation }: CredentialScope): string {
  return `${cluster}/${incarnation}`;
}

/** Versions first, so that what becomes active exists. */
async function migrateRegistration(registration: Registration): Promise<void> {
  const { from, to, scope, versions, mirror, signal } = registration;
  const active = await from.active(scope, signal);
  const there = await to.active(scope, signal);
  if (!mirror && there !== undefined && there.version !== active?.version)
    await refuseNewer(registration, there.version, active?.version);
  for (const { version } of versions) await copyVersion(registration, version);
  if (active === undefined) return;
  if (active.version !== there?.version) await to.activate(scope, active.version, there?.revision, signal);
  if ((await to.active(scope, signal))?.version !== active.version) {
    throw new NautesError('MigrationMismatch', { cluster: scope.cluster });
  }
  await to.publish(scope, signal);
  if (mirror && there !== undefined) await removeLeft(registration, there.version);
}

/** The version that was active in the target until now, when the source does not have it. */
async function removeLeft({ to, scope, versions, signal }: Registration, before: string): Promise<void> {
  if (!versions.some(({ version }) => version === before)) await to.remove(scope, before, signal);
}

async function copyVersion({ from, to, scope, progress, signal }: Registration, version: string): Promise<void> {
  let credential: StoredCredential;
  try {
    credential = await from.read(scope, version, signal);
  } catch (error) {
    if (!(error instanceof NautesError && error.reason === 'CredentialUnreadable')) throw error;
    progress.unreadable.push({ ...scope, version, problem: error.message });
    return;
  }
  const digest = credentialDigest(credential);
  if ((await digestIn(to, scope, version, signal)) === digest) {
    progress.present += 1;
    return;
  }
  await to.restore(version, credential, signal);
  if ((await digestIn(to, scope, version, signal)) !== digest) {
    throw new NautesError('MigrationMismatch', { cluster: scope.cluster });
  }
  progress.copied += 1;
}

/** The digest of what a store has under a name; `undefined` when it has nothing readable. */
async function digestIn(
  store: SecretStore,
  scope: CredentialScope,
  version: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return credentialDigest(await store.read(scope, version, signal));
  } catch (error) {
    const isAbsent =
      error instanceof NautesError && ['CredentialUnknown', 'CredentialUnreadable'].includes(error.reason);
    if (isAbsent) return undefined;
    throw error;
  }
}

/** A target with a newer active credential has been used by a server: ours would roll it back. */
async function refuseNewer(
  { from, to, scope, signal }: Registration,
  there: string,
  here: string | undefined,
): Promise<void> {
  const newer = await to.read(scope, there, signal).catch(() => undefined);
  if (newer === undefined) return; // it cannot be used
  const ours = here === undefined ? undefined : await from.read(scope, here, signal).catch(() => undefined);
  if (ours !== undefined && Date.parse(ours.issuedAt) >= Date.parse(newer.issuedAt)) return;
  throw new NautesError('MigrationTargetNewer', { cluster: scope.cluster });
}
