import type { ChangeListener } from './change-listeners.ts';
import type { EventLog } from './event-log.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { OffboardingLedger } from './offboarding-ledger.ts';
import type { StateCopy } from './state-copy.ts';
import type { StatusStore } from './status-store.ts';

/** The stores of what is known at run time, as one implementation opens them together. */
export interface State {
  readonly status: StatusStore;
  readonly events: EventLog;
  readonly inventory: InventoryStore;
  readonly offboardings: OffboardingLedger;
  /** The same for those who ask for off-boardings and need not own the registration. */
  readonly offboardingRequests: OffboardingLedger;
  /** The whole content, while nothing else uses it. */
  readonly copy: StateCopy;
  /**
   * Calls the listener with each resource of which a status, an off-boarding record or a receipt changed, also by another
   * process, when that can be read. Times of checks do not count. Returns the unsubscriber.
   */
  readonly onChange: (listener: ChangeListener) => () => void;
  /** Whether something can be stored now. @throws NautesError `StatusStoreUnavailable`, `Closing` */
  readonly checkWritable: () => Promise<void>;
  /** Stores the events that are waiting, makes everything durable, and refuses work from then on. */
  readonly close: () => Promise<void>;
}
