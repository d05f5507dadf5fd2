import type { Language } from '../../messages/text.ts';
import type { ServerResponse } from 'node:http';
import { NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { EventLog } from '../../state/index.ts';
import type { ApiLimits } from '../http/limits.ts';
import { EventStream, eventText, type StreamOptions } from './event-stream.ts';

/** Asking whether a caller may still read. */
const QUESTION_MILLISECONDS = 20_000;

/** For whom a stream is. */
export interface Reader {
  readonly id: string;
  /** @throws NautesError with the status 401 or 403 when they may read no longer */
  authorize(signal: AbortSignal): Promise<void>;
}

interface Member {
  readonly stream: EventStream;
  readonly reader: Reader;
  readonly endsAt: number;
  /** It is being asked whether the reader still is one. */
  isAsking: boolean;
}

/**
 * All open event streams. They share one subscription, one timer and, for each event and language, one serialised text, so that
 * an idle client costs its socket and little more.
 */
export class EventHub {
  readonly #log: EventLog;
  readonly #limits: ApiLimits;
  readonly #logger: Logger;
  readonly #members = new Set<Member>();
  #stop: (() => void) | undefined;

  constructor(log: EventLog, limits: ApiLimits, logger: Logger) {
    this.#log = log;
    this.#limits = limits;
    this.#logger = logger;
  }

  get size(): number {
    return this.#members.size;
  }

  /** @throws TooManyStreams */
  checkRoom(caller: string): void {
    const ofCaller = [...this.#members].filter(({ reader }) => reader.id === caller).length;
    if (this.#members.size < this.#limits.eventStreams && ofCaller < this.#limits.eventStreamsPerCaller) return;
    throw new NautesError('TooManyStreams', {}, { retryAfterMilliseconds: this.#limits.eventHeartbeat });
  }

  /**
   * Serves the stream until the client goes or may read no longer, the hub closes or the stream is old. The headers are
   * sent already.
   */
  async serve(response: ServerResponse, reader: Reader, options: StreamOptions): Promise<void> {
    const stream = new EventStream(response, this.#log, options);
    const age = this.#limits.eventStreamAge * (1 + Math.random() / 10); // streams that began together end apart
    const member = { stream, reader, endsAt: Date.now() + age, isAsking: false };
    this.#members.add(member);
    response.once('close', () => this.#remove(member));
    this.#stop ??= this.#start();
    try {
      await stream.start(options.after);
    } catch (error) {
      this.#logger.error({ error }, 'events could not be read');
      stream.destroy();
    }
  }

  /** Ends every stream; clients that want more come back with the id of their last event. */
  close(): void {
    for (const { stream } of this.#members) stream.end();
  }

  #start(): () => void {
    const unsubscribe = this.#log.onEvent((event) => {
      const texts = new Map<Language, string>();
      for (const { stream } of this.#members) {
        const text = texts.get(stream.language) ?? eventText(event, stream.language);
        texts.set(stream.language, text);
        stream.offer(event, text);
      }
    });
    const timer = setInterval(() => this.#beat(), this.#limits.eventHeartbeat);
    timer.unref();
    return () => {
      unsubscribe();
      clearInterval(timer);
    };
  }

  #beat(): void {
    const now = Date.now();
    for (const member of this.#members) {
      const { stream, endsAt } = member;
      if (now >= endsAt) stream.end();
      else if (!stream.heartbeat(now, this.#limits.eventStall)) stream.destroy();
      else void this.#askAgain(member);
    }
  }

  /** A stream is no longer than the right to it. Rights that cannot be asked about now stay as they are. */
  async #askAgain(member: Member): Promise<void> {
    if (member.isAsking) return;
    member.isAsking = true;
    try {
      await member.reader.authorize(AbortSignal.timeout(QUESTION_MILLISECONDS));
    } catch (error) {
      if (!isRefusal(error)) return;
      this.#logger.info({ caller: member.reader.id }, 'an event stream ends: its caller may read no longer');
      member.stream.end();
    } finally {
      member.isAsking = false;
    }
  }

  #remove(member: Member): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof NautesError && (error.status === 401 || error.status === 403);
}
