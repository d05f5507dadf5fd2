import { defined } from '../../base/defined.ts';
import { ApiRefusal, followEvents, type NautesClient } from '../../client/index.ts';
import type { EventView, StatusView } from '../../contract/views.ts';
import { NautesError } from '../../errors/errors.ts';
import { sleep } from '../../base/async/timing.ts';

/** Status is asked for after every event, and so often at least, in milliseconds: not every change makes an event. */
const POLL_MILLISECONDS = 2_000;
/** And not more often than this. */
const PAUSE_MILLISECONDS = 150;

export interface FollowObserver {
  onEvent(event: EventView): void;
  /** The status now; `undefined` when nothing is known of the cluster. True ends the following. */
  onStatus(status: StatusView | undefined): boolean | Promise<boolean>;
  /** `undefined` when the server answers again. */
  onTrouble(error: unknown): void;
}

export interface FollowOptions {
  /** Id of the last event that is known; only new ones are told when undefined. */
  readonly after?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Tells what happens to a cluster until the observer has seen enough. A server that is away for a while is waited for.
 * @throws what the server refuses, and the signal's reason
 */
export async function followCluster(
  client: NautesClient,
  name: string,
  observer: FollowObserver,
  { after, signal }: FollowOptions,
): Promise<void> {
  const stop = new AbortController();
  const inner = AbortSignal.any([signal, stop.signal]);
  const wake = new Wake();
  const events = consumeEvents(client, name, observer, wake, { after, signal: inner });
  let failure: unknown;
  events.catch((error: unknown) => {
    failure = error;
    wake.ring();
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      if (failure !== undefined) throw failure;
      if (await observer.onStatus(await statusNow(client, name, observer, inner))) return;
      await wake.within(POLL_MILLISECONDS, inner);
      await pause(PAUSE_MILLISECONDS, inner);
    }
  } finally {
    stop.abort();
    await events.catch(() => {});
  }
}

async function consumeEvents(
  client: NautesClient,
  cluster: string,
  observer: FollowObserver,
  wake: Wake,
  { after, signal }: FollowOptions,
): Promise<void> {
  for await (const item of followEvents(client, { cluster, signal, ...defined({ after }) })) {
    if (item.kind === 'event') observer.onEvent(item.event);
    else if (item.kind === 'interrupted') observer.onTrouble(item.error);
    if (item.kind !== 'interrupted') wake.ring();
  }
}

async function statusNow(
  client: NautesClient,
  name: string,
  observer: FollowObserver,
  signal: AbortSignal,
): Promise<StatusView | undefined> {
  for (;;) {
    try {
      const status = await client.status(name, signal);
      observer.onTrouble(undefined);
      return status;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      if (!isPassing(error)) throw error;
      observer.onTrouble(error);
      await pause(POLL_MILLISECONDS, signal);
    }
  }
}

/** What the server will not fail with for long. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiRefusal) return error.status >= 500 || error.status === 429;
  return error instanceof NautesError && error.next === 'transient';
}

/** Something to wait for that may have happened already. */
class Wake {
  #rung = false;
  #ring: () => void = () => {};

  ring(): void {
    this.#rung = true;
    this.#ring();
  }

  async within(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung) {
      const rung = new AbortController();
      this.#ring = () => rung.abort();
      await pause(milliseconds, AbortSignal.any([signal, rung.signal]));
    }
    this.#rung = false;
    this.#ring = () => {};
  }
}

/** Waits; an abort ends it early and is no failure. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, signal).catch(() => {});
}
