import type { EventView, FleetRowView } from '../../../src/contract/views.ts';
import { parseSafely } from './safe-json.ts';
import { readStream, type StreamMessage, type StreamState } from './stream-reader.ts';

/** What the tabs of a browser tell each other. */
export type FeedNote =
  | {
      readonly kind: 'rows';
      readonly rows: readonly FleetRowView[];
      readonly gone: readonly string[];
      readonly revision: string;
    }
  | { readonly kind: 'event'; readonly event: EventView }
  /** Changes were lost: everything has to be read again. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'state'; readonly state: StreamState }
  | { readonly kind: 'refused' }
  /** The leader lives. */
  | { readonly kind: 'beat' }
  /** A new tab asks for the state. */
  | { readonly kind: 'hello' };

export interface FeedOptions {
  readonly fleetUrl: string;
  readonly eventsUrl: string;
  readonly headers: () => Readonly<Record<string, string>>;
  /** The revision of the rows that this tab has. */
  readonly revision: () => string;
  readonly onNote: (note: FeedNote) => void;
}

const NAME = 'nautes-live';
/** A leader that is not heard of for so long, in milliseconds, is replaced by a tab that somebody looks at. */
const SILENCE_LIMIT = 45_000;
const SILENCE_CHECK = 5000;

/**
 * The live changes, by one reader in a browser: the tab that has the lock reads the streams and passes everything on at
 * once, since timers of hidden tabs are throttled and browsers open six connections to a server. Where there are no locks
 * (plain HTTP on a network is no secure context), each visible tab reads for itself.
 */
export class LiveFeed {
  readonly #options: FeedOptions;
  readonly #channel = new BroadcastChannel(NAME);
  readonly #end = new AbortController();
  #state: StreamState = 'connecting';
  #isLeader = false;
  #heard = Date.now();
  #lastEvent = '';

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<FeedNote>) => this.#hear(data));
  }

  /** Begins to read, or to wait for the turn; what other tabs read is heard from the beginning. */
  start(): void {
    const { signal } = this.#end;
    if (typeof navigator.locks === 'undefined') {
      this.#readWhileVisible(signal);
      return;
    }
    this.#tell({ kind: 'hello' });
    void this.#lead(false);
    const watch = setInterval(() => {
      const isSilent = Date.now() - this.#heard > SILENCE_LIMIT;
      if (isSilent && !this.#isLeader && document.visibilityState === 'visible') void this.#lead(true);
    }, SILENCE_CHECK);
    signal.addEventListener('abort', () => clearInterval(watch));
  }

  close(): void {
    this.#end.abort();
    this.#channel.close();
  }

  /** Waits for the lock, or takes it away, and reads for as long as this tab has it. */
  async #lead(steal: boolean): Promise<void> {
    const { signal } = this.#end;
    const turn = new AbortController();
    this.#heard = Date.now();
    try {
      await navigator.locks.request(NAME, steal ? { steal } : { signal }, () => {
        this.#isLeader = true;
        return this.#read(AbortSignal.any([signal, turn.signal]));
      });
    } catch {
      // another tab has taken the lock, or this one ends
    }
    turn.abort();
    this.#isLeader = false;
    if (!signal.aborted && !steal) void this.#lead(false);
  }

  #readWhileVisible(signal: AbortSignal): void {
    let reading: AbortController | undefined;
    const follow = (): void => {
      const isVisible = document.visibilityState === 'visible';
      if (isVisible && reading === undefined) {
        reading = new AbortController();
        this.#isLeader = true;
        void this.#read(AbortSignal.any([signal, reading.signal]));
      } else if (!isVisible) {
        reading?.abort();
        reading = undefined;
      }
    };
    document.addEventListener('visibilitychange', follow, { signal });
    follow();
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { fleetUrl, eventsUrl, headers, revision } = this.#options;
    const onSign = (): void => this.#pass({ kind: 'beat' });
    const common = { headers, signal, onSign };
    const fleet = readStream({
      ...common,
      url: fleetUrl,
      after: revision(),
      onMessage: (message) => this.#rows(message),
      onState: (state) => this.#pass({ kind: 'state', state }),
    });
    const events = readStream({
      ...common,
      url: eventsUrl,
      after: this.#lastEvent,
      onMessage: (message) => this.#event(message),
      onState: () => {},
    });
    const [refused] = await Promise.all([fleet, events]);
    if (refused !== 0) this.#pass({ kind: 'refused' });
  }

  #rows({ event, data, id }: StreamMessage): void {
    if (event === 'reset') return this.#pass({ kind: 'reset' });
    if (event !== 'rows') return;
    const { rows, gone } = parseSafely(data) as Pick<FeedNote & { kind: 'rows' }, 'rows' | 'gone'>; // our own server
    this.#pass({ kind: 'rows', rows, gone, revision: id });
  }

  #event({ event, data, id }: StreamMessage): void {
    if (event === 'reset') return;
    this.#lastEvent = id;
    this.#pass({ kind: 'event', event: parseSafely(data) as EventView }); // our own server
  }

  /** To this tab and, at once, to all others. */
  #pass(note: FeedNote): void {
    this.#heard = Date.now();
    if (note.kind === 'state') this.#state = note.state;
    this.#tell(note);
    this.#options.onNote(note);
  }

  #hear(note: FeedNote): void {
    this.#heard = Date.now();
    if (note.kind === 'hello') {
      if (this.#isLeader) this.#tell({ kind: 'state', state: this.#state });
      return;
    }
    if (this.#isLeader) return;
    if (note.kind === 'event') this.#lastEvent = String(note.event.id);
    this.#options.onNote(note);
  }

  #tell(note: FeedNote): void {
    if (!this.#end.signal.aborted) this.#channel.postMessage(note);
  }
}
