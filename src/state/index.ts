export { EVENTS_KEPT_PER_CLUSTER } from './event-log.ts';
export { SqliteStatusStore, type SqliteStatusStoreOptions } from './sqlite-status-store.ts';
export type { EventPage, NewEvent, StatusStore } from './status-store.ts';
