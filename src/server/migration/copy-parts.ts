import { canonicalJson, sha256 } from '../../base/hash.ts';
import { sameJson } from '../../base/same-json.ts';
import { Secret } from '../../base/secret.ts';
import { NautesError } from '../../errors/errors.ts';
import type { TokenRecord, TokenStore } from '../../identity/index.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { type MigrationReport, migrateCredentials, parseSealingKeys, type SecretStore } from '../../secrets/index.ts';
import type { ResourceRecords, StateCopy } from '../../state/index.ts';
import type { StorageSide } from './storage-side.ts';

/** One thing that is written: of which kind, and of what, such as the name of a cluster, token or place. */
export interface StorageStep {
  readonly part: 'mark' | 'sealingKey' | 'tokens' | 'credentials' | 'resources';
  readonly name: string;
}

export interface CopyOptions {
  /** Called before each thing that is written; what it throws ends the migration there, as a crash would. */
  readonly onStep: (step: StorageStep) => void;
  readonly signal: AbortSignal;
}

/** What was done with one kind of content. */
export interface PartReport {
  readonly count: number;
  /** Written by this run; the others were there already. */
  readonly copied: number;
  /** Removed from the target: left of an earlier time. */
  readonly removed: number;
  /** SHA-256 of the content, equal on both sides. */
  readonly digest: string;
}

/** The sealing key goes first: what is sealed with it must open. Nothing, where a variable or a file has it. */
export async function copySealingKey(from: StorageSide, to: StorageSide, options: CopyOptions): Promise<boolean> {
  const { onStep, signal } = options;
  const text = await from.keyText(signal);
  if (text === undefined) return false;
  onStep({ part: 'sealingKey', name: to.place });
  await to.putKeyText(text, signal);
  const there = await to.keyText(signal);
  const needed = firstKey(text, from.place);
  if (there === undefined || firstKey(there, to.place) !== needed) {
    throw new NautesError('SealingKeyUnknown', { directory: from.place, needed, source: to.place });
  }
  return true;
}

/** Credentials under the same names with the same active versions. */
export async function copyCredentials(
  from: SecretStore,
  to: SecretStore,
  place: string,
  { onStep, signal }: CopyOptions,
): Promise<PartReport & { readonly unreadable: MigrationReport['unreadable'] }> {
  const before = await to.list(signal);
  const onRegistration = ({ cluster }: { readonly cluster: string }): void =>
    onStep({ part: 'credentials', name: cluster });
  const { copied, unreadable } = await migrateCredentials(from, to, { mirror: true, onRegistration, signal });
  const lost = new Set(unreadable.map(({ cluster, incarnation, version }) => `${cluster}/${incarnation}/${version}`));
  const content = async (store: SecretStore): Promise<readonly string[]> => {
    const versions = (await store.list(signal)).map(
      ({ scope, version, active }) => [`${scope.cluster}/${scope.incarnation}/${version}`, active] as const,
    );
    return versions
      .filter(([name]) => !lost.has(name))
      .map(([name, active]) => `${name} ${active ? 'active' : 'kept'}`)
      .toSorted();
  };
  const [ours, theirs] = [await content(from), await content(to)];
  const digest = compare(ours, theirs, place, message('StorageDiffers.credentials'));
  const removed = Math.max(0, before.length + copied - theirs.length);
  return { count: ours.length, copied, removed, digest, unreadable };
}

/** Tokens with their hashes: those that people have stay good. */
export async function copyTokens(
  from: TokenStore,
  to: TokenStore,
  place: string,
  { onStep, signal }: CopyOptions,
): Promise<PartReport> {
  const ours = await recordsOf(from, signal);
  let [copied, removed] = [0, 0];
  const there = await recordsOf(to, signal);
  for (const name of there.keys()) {
    if (ours.has(name)) continue;
    onStep({ part: 'tokens', name });
    await to.revoke(name, signal);
    removed += 1;
  }
  for (const [name, record] of ours) {
    if (sameJson(there.get(name), record)) continue;
    onStep({ part: 'tokens', name });
    await to.restore(record, signal);
    copied += 1;
  }
  const content = (records: ReadonlyMap<string, TokenRecord>) => [...records.values()].map(canonicalJson).toSorted();
  const digest = compare(content(ours), content(await recordsOf(to, signal)), place, message('StorageDiffers.tokens'));
  return { count: ours.size, copied, removed, digest };
}

/** Status, events, inventories, off-boarding records and receipts, resource by resource. */
export async function copyState(
  from: StateCopy,
  to: StateCopy,
  place: string,
  { onStep, signal }: CopyOptions,
): Promise<PartReport & { readonly events: number; readonly receipts: number }> {
  const keys = await from.keys(signal);
  const names = new Set(keys.map(({ kind, name }) => `${kind}/${name}`));
  let [copied, removed, events, receipts] = [0, 0, 0, 0];
  for (const key of await to.keys(signal)) {
    if (names.has(`${key.kind}/${key.name}`)) continue;
    onStep({ part: 'resources', name: key.name });
    await to.replace({ ...key, registrations: [], events: [] }, signal);
    removed += 1;
  }
  const digests: string[] = [];
  for (const key of keys) {
    const records = await from.read(key, signal);
    const wanted = recordsDigest(records);
    digests.push(wanted);
    events += records.events.length;
    receipts += records.registrations.filter(({ receipt }) => receipt !== undefined).length;
    if (recordsDigest(await to.read(key, signal)) === wanted) continue;
    onStep({ part: 'resources', name: key.name });
    await to.replace(records, signal);
    copied += 1;
    if (recordsDigest(await to.read(key, signal)) === wanted) continue;
    throw new NautesError('StorageDiffers', { place, what: message('StorageDiffers.state', { name: key.name }) });
  }
  const theirs = await to.keys(signal);
  const digest = compare([...names].toSorted(), theirs.map(({ kind, name }) => `${kind}/${name}`).toSorted(), place, {
    ...message('StorageDiffers.names'),
  });
  return { count: keys.length, copied, removed, digest: sha256(`${digest}\n${digests.join('\n')}`), events, receipts };
}

/**
 * Digest of the records of a resource. Ids of events may change when they are copied, and stores have their own order of
 * what has none.
 */
export function recordsDigest({ registrations, events }: ResourceRecords): string {
  const sorted = registrations.map(({ inventory, ...documents }) => ({
    ...documents,
    inventory: inventory.map(canonicalJson).toSorted(),
  }));
  const receipts = registrations.flatMap(({ incarnation, receipt }) => (receipt === undefined ? [] : [incarnation]));
  return sha256(
    canonicalJson({
      registrations: sorted.map(canonicalJson).toSorted(),
      receipts,
      events: events.map(({ id: _id, ...event }) => event),
    }),
  );
}

async function recordsOf(tokens: TokenStore, signal: AbortSignal): Promise<ReadonlyMap<string, TokenRecord>> {
  const records = new Map<string, TokenRecord>();
  for (const { name } of (await tokens.list(signal)).tokens) {
    const record = await tokens.read(name, signal);
    if (typeof record === 'object') records.set(name, record);
  }
  return records;
}

/** @returns the digest of both. @throws NautesError `StorageDiffers` */
function compare(ours: readonly string[], theirs: readonly string[], place: string, what: Message): string {
  const digest = sha256(ours.join('\n'));
  if (sha256(theirs.join('\n')) !== digest) throw new NautesError('StorageDiffers', { place, what });
  return digest;
}

function firstKey(text: Secret, source: string): string {
  return parseSealingKeys(new Secret(text.reveal()), source)[0].id;
}
