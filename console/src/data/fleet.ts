import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react';
import { paths } from '../../../src/contract/paths.ts';
import type { EventView, FleetRowView, FleetView } from '../../../src/contract/views.ts';
import { consoleHeaders, request, sessionEnded } from './api.ts';
import { FleetRows, type RowChanges } from './fleet-rows.ts';
import { type FeedNote, LiveFeed } from './live-feed.ts';
import type { StreamState } from './stream-reader.ts';

/** All clusters, as they are now. */
export interface FleetState {
  /** In the order of names; undefined before the first answer. */
  readonly rows: readonly FleetRowView[] | undefined;
  readonly error: unknown;
  /** Whether changes arrive at once: `connecting` only before they do for the first time. */
  readonly stream: StreamState;
  /** Until when the rows are known to be right, milliseconds since 1970; now, while the stream is live. */
  readonly asOf: number;
}

/** How long a snapshot that failed waits before the next, in milliseconds. */
const RETRY = 3000;
/** Longest time between a change and the screen where a page draws no frames, in milliseconds. */
const HIDDEN_DELAY = 250;

const rows = new FleetRows();
/** The first snapshot, see {@link readFleetAhead}. */
let ahead: Promise<FleetView> | undefined;
let state: FleetState = { rows: undefined, error: undefined, stream: 'connecting', asOf: Date.now() };
let feed: LiveFeed | undefined;
let generation = 0;
/** Changes that came while the snapshot was read. */
let early: RowChanges[] | undefined;
const listeners = new Set<() => void>();
const eventListeners = new Set<(event: EventView) => void>();

/** Asks for the rows before the page that shows them is there. */
export function readFleetAhead(): void {
  ahead = request<FleetView>(paths.fleet);
  ahead.catch(() => (ahead = undefined)); // it is asked for again, and a failure shown, by startFleet
}

/** Reads all rows and follows their changes, until {@link stopFleet}. */
export function startFleet(): void {
  if (feed !== undefined) return;
  feed = new LiveFeed({
    fleetUrl: paths.fleet,
    eventsUrl: paths.events,
    headers: consoleHeaders,
    revision: () => rows.revision,
    onNote: receive,
  });
  void readSnapshot().then(() => feed?.start());
}

export function stopFleet(): void {
  feed?.close();
  feed = undefined;
  generation += 1;
  rows.replace([], '');
  publish({ rows: undefined, error: undefined, stream: 'connecting', asOf: Date.now() });
}

export function useFleet(): FleetState {
  return useSyncExternalStore(subscribe, () => state);
}

/** What there is to show of the rows, apart from what they say. */
export type FleetExtent = 'unknown' | 'none' | 'some';

export function useFleetExtent(): FleetExtent {
  return useSyncExternalStore(subscribe, () => {
    if (state.rows === undefined) return 'unknown';
    return state.rows.length === 0 ? 'none' : 'some';
  });
}

/** Why there are no rows; undefined when they came. */
export function useFleetError(): unknown {
  return useSyncExternalStore(subscribe, () => (state.rows === undefined ? state.error : undefined));
}

/** Since when changes do not arrive though they did or should have, milliseconds since 1970; 0 while there is no such break. */
export function useStaleSince(): number {
  return useSyncExternalStore(subscribe, () =>
    state.rows === undefined || state.stream !== 'waiting' ? 0 : state.asOf,
  );
}

/**
 * All rows, rendered again at most every so many milliseconds.
 * @param heldUntil not before that time, in milliseconds since 1970
 */
export function useFleetRows(milliseconds: number, heldUntil?: RefObject<number>): readonly FleetRowView[] {
  const [shown, setShown] = useState(currentRows);
  useEffect(() => {
    let changed = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      const wait = Math.max(changed + milliseconds, heldUntil?.current ?? 0) - Date.now();
      timer = wait > 0 ? setTimeout(show, wait) : undefined;
      if (wait > 0) return;
      changed = Date.now();
      setShown(currentRows);
    };
    const changes = (): void => {
      if (timer === undefined) show();
    };
    changes(); // what came since it was rendered
    const unsubscribe = subscribe(changes);
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [milliseconds, heldUntil]);
  return shown;
}

const NO_ROWS: readonly FleetRowView[] = [];

function currentRows(): readonly FleetRowView[] {
  return state.rows ?? NO_ROWS;
}

/** The row of one cluster; only its changes render the caller again. */
export function useFleetRow(name: string): FleetRowView | undefined {
  return useSyncExternalStore(subscribe, () => (state.rows === undefined ? undefined : rows.get(name)));
}

/** Whether changes arrive at once; only its own changes render the caller again. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(subscribe, () => state.stream);
}

/** Every event of every cluster from now on. @returns ends it */
export function onEvent(listener: (event: EventView) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function publish(next: FleetState): void {
  state = next;
  for (const listener of listeners) listener();
}

async function readSnapshot(): Promise<void> {
  const mine = (generation += 1);
  early = [];
  try {
    const asked = ahead ?? request<FleetView>(paths.fleet);
    ahead = undefined;
    const { items, revision } = await asked;
    if (mine !== generation) return;
    rows.replace(items, revision);
    for (const changes of early) rows.apply(changes);
    early = undefined;
    publish({ ...state, rows: rows.list, error: undefined, asOf: Date.now() });
  } catch (error) {
    if (mine !== generation) return;
    publish({ ...state, error });
    setTimeout(() => mine === generation && feed !== undefined && void readSnapshot(), RETRY);
  }
}

function receive(note: FeedNote): void {
  if (note.kind === 'rows') {
    if (early !== undefined) early.push(note);
    else rows.apply(note);
    draw();
  } else if (note.kind === 'event') {
    for (const listener of eventListeners) listener(note.event);
  } else if (note.kind === 'reset') {
    void readSnapshot();
  } else if (note.kind === 'refused') {
    sessionEnded();
  } else if (note.kind === 'state') {
    const wasLive = state.stream === 'live';
    // Attempts after a break are still the break.
    const stream = note.state === 'connecting' && state.stream !== 'connecting' ? 'waiting' : note.state;
    publish({ ...state, stream, asOf: wasLive ? Date.now() : state.asOf });
  }
}

let isDrawing = false;

/** Once for all changes of a frame. */
function draw(): void {
  if (isDrawing) return;
  isDrawing = true;
  const show = (): void => {
    if (!isDrawing) return;
    isDrawing = false;
    if (state.rows !== undefined) publish({ ...state, rows: rows.list, asOf: Date.now() });
  };
  requestAnimationFrame(show);
  setTimeout(show, HIDDEN_DELAY);
}
