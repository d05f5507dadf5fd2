import { type Clock, systemClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { ChangeListeners } from '../change-listeners.ts';
import type { State } from '../state.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { SqliteInventoryStore } from './sqlite-inventory-store.ts';
import { SqliteOffboardingLedger } from './sqlite-offboarding-ledger.ts';
import { SqliteStateCopy } from './sqlite-state-copy.ts';
import { SqliteStatusStore } from './sqlite-status-store.ts';
import { StateDatabase } from './state-database.ts';

export interface SqliteStateOptions {
  /** The database; made when it is absent. SQLite puts its `-wal` and `-shm` files beside it. */
  readonly file: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * All state in one SQLite database. Status and events survive the end of the process, not necessarily a power loss.
 * Inventory, off-boarding records and receipts survive both. Nothing is kept in memory apart from SQLite's page cache.
 * @throws NautesError `StatusStoreForeign`, `StatusStoreTooNew`, `StatusStoreDamaged`, `StatusStoreUnavailable`
 */
export async function openSqliteState(options: SqliteStateOptions): Promise<State> {
  const { file, logger, clock = systemClock } = options;
  const database = await StateDatabase.open(file, logger);
  const changes = new ChangeListeners();
  const status = new SqliteStatusStore(database, changes);
  const events = new SqliteEventLog(database, clock, logger);
  const inventory = new SqliteInventoryStore(database);
  const offboardings = new SqliteOffboardingLedger(database, { status, events, inventory, changes, clock });
  const close = async (): Promise<void> => {
    events.close();
    await database.sync();
    await database.close();
  };
  let closing: Promise<void> | undefined;
  return {
    status,
    events,
    inventory,
    offboardings,
    offboardingRequests: offboardings,
    copy: new SqliteStateCopy(database, events, inventory),
    onChange: changes.add,
    checkWritable: async () => database.checkWritable(),
    close: () => (closing ??= close()),
  };
}
