import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Installation } from '../../resources/installation.ts';
import type { MigrationReport } from '../../secrets/index.ts';
import {
  copyCredentials,
  type CopyOptions,
  copySealingKey,
  copyState,
  copyTokens,
  type PartReport,
} from './copy-parts.ts';
import type { SideIdentity, StorageSide } from './storage-side.ts';

export interface StorageMigration extends CopyOptions {
  readonly from: StorageSide;
  readonly to: StorageSide;
  /** False with Vault: credentials stay there, and there is no sealing key. */
  readonly sealed: boolean;
  /** Nothing is written; the report says what there is. */
  readonly dryRun: boolean;
}

export type StorageOutcome =
  /** This run has ended the migration. */
  | 'migrated'
  /** An earlier run had. */
  | 'thereAlready'
  /** A migration in the other direction had not ended; its source is in use again. */
  | 'takenBack'
  /** A dry run. */
  | 'planned';

export interface StorageReport {
  readonly outcome: StorageOutcome;
  readonly installation: string;
  readonly from: string;
  readonly to: string;
  readonly parts: Readonly<Partial<Record<'credentials' | 'tokens' | 'resources', PartReport>>>;
  readonly unreadable: MigrationReport['unreadable'];
  readonly events: number;
  readonly receipts: number;
}

const NOTHING = { parts: {}, unreadable: [], events: 0, receipts: 0 };

/**
 * Takes the state of an installation from one place to the other:
 *
 *     mark the target as incoming, the source as moved → copy and compare → take the mark off the target
 *
 * No server starts on a marked place, so at no time do two have the state, and it can be killed anywhere and run again.
 * The source keeps everything. Running it the other way while it has not ended takes the marks back.
 * @throws NautesError `StorageEmpty`, `StorageTargetInUse`, `ReplicasRunning`, `StorageDiffers` and those of the stores
 */
export async function migrateStorage(migration: StorageMigration): Promise<StorageReport> {
  const { from, to, signal, dryRun } = migration;
  const [source, target] = [await from.identity(signal), await to.identity(signal)];
  if (source === undefined) throw new NautesError('StorageEmpty', { place: from.place });
  await refuseOther(source.installation, to, signal);
  const base = { ...NOTHING, installation: source.installation.id, from: from.place, to: to.place };
  const isDone = source.mark === 'moved' && target !== undefined && target.mark === undefined;
  if (isDone) return { ...base, outcome: 'thereAlready' };
  const isBackwards = source.mark === 'incoming';
  if (target !== undefined && target.mark === undefined) throw inUse(to, target);
  await refuseReplicas(from, signal);
  await refuseReplicas(to, signal);
  if (isBackwards) {
    if (target?.mark !== 'moved') throw new NautesError('StorageEmpty', { place: from.place });
    if (!dryRun) await mark(migration, to, { ...target, mark: undefined });
    return { ...base, outcome: 'takenBack' };
  }
  if (dryRun) return { ...base, outcome: 'planned', ...(await plan(migration)) };
  const { installation } = source;
  await mark(migration, to, { installation, mark: 'incoming' });
  await mark(migration, from, { installation, mark: 'moved' });
  await refuseStarted(migration, source);
  const copied = await copyAll(migration);
  await mark(migration, to, { installation, mark: undefined });
  return { ...base, outcome: 'migrated', ...copied };
}

type Copied = Pick<StorageReport, 'parts' | 'unreadable' | 'events' | 'receipts'>;

async function copyAll(migration: StorageMigration): Promise<Copied> {
  const { from, to, sealed, signal } = migration;
  const tokens = await copyTokens(from.tokens, to.tokens, to.place, migration);
  const credentials = sealed ? await copySealed(migration) : undefined;
  const state = await copyState(await from.state(signal), await to.state(signal), to.place, migration);
  const { events, receipts, ...resources } = state;
  const { unreadable = [], ...part } = credentials ?? {};
  const parts = { tokens, resources, ...(credentials === undefined ? {} : { credentials: part as PartReport }) };
  return { parts, unreadable, events, receipts };
}

async function copySealed(migration: StorageMigration) {
  const { from, to, signal } = migration;
  await copySealingKey(from, to, migration);
  const [ours, theirs] = [
    await from.secrets(await from.keys(signal), signal),
    await to.secrets(await to.keys(signal), signal),
  ];
  return await copyCredentials(ours, theirs, to.place, migration);
}

/** What there is to be copied. */
async function plan({ from, sealed, signal }: StorageMigration): Promise<Copied> {
  const part = (count: number): PartReport => ({ count, copied: 0, removed: 0, digest: '' });
  const tokens = part((await from.tokens.list(signal)).tokens.length);
  const state = await from.state(signal);
  const keys = await state.keys(signal);
  let [events, receipts] = [0, 0];
  for (const key of keys) {
    const records = await state.read(key, signal);
    events += records.events.length;
    receipts += records.registrations.filter(({ receipt }) => receipt !== undefined).length;
  }
  const parts = { tokens, resources: part(keys.length) };
  if (!sealed) return { parts, unreadable: [], events, receipts };
  const secrets = await from.secrets(await from.keys(signal), signal);
  return {
    parts: { ...parts, credentials: part((await secrets.list(signal)).length) },
    unreadable: [],
    events,
    receipts,
  };
}

async function mark(migration: StorageMigration, side: StorageSide, identity: SideIdentity): Promise<void> {
  migration.onStep({ part: 'mark', name: side.place });
  await side.mark(identity, migration.signal);
}

async function refuseReplicas(side: StorageSide, signal: AbortSignal): Promise<void> {
  const replicas = await side.replicas(signal);
  if (replicas.length > 0) throw new NautesError('ReplicasRunning', { place: side.place, replicas });
}

/** A server may have begun to start before the mark was set: then it is stopped first, and nothing has happened. */
async function refuseStarted({ from, signal }: StorageMigration, source: SideIdentity): Promise<void> {
  try {
    await refuseReplicas(from, signal);
  } catch (error) {
    await from.mark(source, signal);
    throw error;
  }
}

/** Another installation may have been in the target, or its servers may use it. */
async function refuseOther({ id }: Installation, to: StorageSide, signal: AbortSignal): Promise<void> {
  const bound = await to.boundTo(signal);
  if (bound === undefined || bound === id) return;
  throw new NautesError('StorageTargetInUse', { place: to.place, theirs: message('Installation.id', { id: bound }) });
}

function inUse(to: StorageSide, { installation }: SideIdentity): NautesError {
  return new NautesError('StorageTargetInUse', {
    place: to.place,
    theirs: message('Installation.id', { id: installation.id }),
  });
}
