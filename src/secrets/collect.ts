import type { Clock } from '../base/clock.ts';
import type { CredentialScope } from '../resources/credential.ts';
import type { SecretStore, StoredVersion } from './secret-store.ts';

/** References that keep versions, whatever their age. */
export interface CredentialRoots {
  /** Registrations that are in the repository, being saved or being off-boarded: their active version is kept. */
  readonly registrations: Iterable<CredentialScope>;
  /** Versions that a cluster's file, an unfinished save or an off-boarding refers to. */
  readonly versions: Iterable<CredentialScope & { readonly version: string }>;
}

export interface Collectable {
  /** Single versions to remove from registrations that are kept. */
  readonly versions: readonly StoredVersion[];
  /** Registrations to remove completely, the active version included. */
  readonly registrations: readonly CredentialScope[];
}

/**
 * The stored versions without a reference that were not staged within the last `ageMilliseconds`.
 * The age protects versions that no root refers to yet: a save between staging and commit in another process.
 * @param now milliseconds since the epoch
 */
export function collectable(
  stored: readonly StoredVersion[],
  roots: CredentialRoots,
  now: number,
  ageMilliseconds: number,
): Collectable {
  const kept = new Set(Array.from(roots.versions, (root) => versionKey(root, root.version)));
  const living = new Set(Array.from(roots.registrations, scopeKey));
  for (const root of roots.versions) living.add(scopeKey(root));
  const isOld = (version: StoredVersion): boolean => Date.parse(version.storedAt) <= now - ageMilliseconds;

  const versions: StoredVersion[] = [];
  const registrations: CredentialScope[] = [];
  for (const [key, group] of Map.groupBy(stored, (version) => scopeKey(version.scope))) {
    const scope = group[0]?.scope;
    if (scope === undefined) continue;
    if (living.has(key)) {
      versions.push(
        ...group.filter((each) => !each.active && isOld(each) && !kept.has(versionKey(scope, each.version))),
      );
    } else if (group.every(isOld)) {
      registrations.push(scope);
    }
  }
  return { versions, registrations };
}

/**
 * Removes unreferenced versions. The roots are read after the store has been listed: a version staged later is not in
 * the list, and one of the list that is staged again in the meantime is not removed.
 */
export async function collectCredentials(
  store: SecretStore,
  rootsNow: () => Promise<CredentialRoots>,
  options: { readonly clock: Clock; readonly ageMilliseconds: number; readonly signal: AbortSignal },
): Promise<Collectable> {
  const stored = await store.list(options.signal);
  const found = collectable(stored, await rootsNow(), options.clock.now(), options.ageMilliseconds);
  for (const each of found.versions) await store.remove(each.scope, each.version, options.signal, each.storedAt);
  for (const scope of found.registrations) await store.removeAll(scope, options.signal);
  return found;
}

function scopeKey(scope: CredentialScope): string {
  return `${scope.cluster}/${scope.incarnation}`;
}

function versionKey(scope: CredentialScope, version: string): string {
  return `${scopeKey(scope)}/${version}`;
}
