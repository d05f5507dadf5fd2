import { followEvents, type NautesClient } from '../src/client/index.ts';
import type { EventView } from '../src/contract/views.ts';
import { formatEvent } from './print.ts';

const PATIENCE_MILLISECONDS = 120_000;
/** The last event printed so far; following starts after it. */
let lastId = 0;

/** Prints the events of all clusters until one is the last. */
export async function printEvents(client: NautesClient, isLast: (event: EventView) => boolean): Promise<void> {
  const started = Date.now();
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  for await (const followed of followEvents(client, { cluster: undefined, after: lastId, signal })) {
    if (followed.kind !== 'event') continue;
    const { event } = followed;
    lastId = event.id;
    console.log(formatEvent(event, Date.now() - started));
    if (isLast(event)) return;
  }
  throw new Error('it took too long');
}
