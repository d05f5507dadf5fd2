import type { ServerResponse } from 'node:http';
import { NautesError } from '../../errors/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { ApiLimits } from '../http/limits.ts';

/** Asking whether a caller may still read. */
const QUESTION_MILLISECONDS = 20_000;

/** For whom a stream is. */
export interface Reader {
  readonly id: string;
  /** @throws NautesError with the status 401 or 403 when they may read no longer */
  authorize(signal: AbortSignal): Promise<void>;
}

/** A stream that is open. */
export interface OpenStream {
  /** Keeps the connection open through proxies; `false` when the client has taken nothing for too long. */
  readonly heartbeat: (now: number, stallMilliseconds: number) => boolean;
  readonly end: () => void;
  readonly destroy: () => void;
}

interface Member {
  readonly stream: OpenStream;
  readonly reader: Reader;
  readonly endsAt: number;
  /** It is being asked whether the reader still is one. */
  isAsking: boolean;
}

/** All open streams, whatever they tell of: their number, their age, their readers' rights. They share one timer. */
export class OpenStreams {
  readonly #limits: ApiLimits;
  readonly #logger: Logger;
  readonly #members = new Set<Member>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: ApiLimits, logger: Logger) {
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

  /** Looks after the stream until its client goes, or may read no longer, or the stream is old. */
  add(response: ServerResponse, reader: Reader, stream: OpenStream): void {
    const age = this.#limits.eventStreamAge * (1 + Math.random() / 10); // streams that began together end apart
    const member = { stream, reader, endsAt: Date.now() + age, isAsking: false };
    this.#members.add(member);
    response.once('close', () => this.#remove(member));
    if (response.destroyed) this.#remove(member);
    else this.#timer ??= setInterval(() => this.#beat(), this.#limits.eventHeartbeat).unref();
  }

  /** Ends every stream; clients that want more come back with the id of their last event. */
  close(): void {
    for (const { stream } of this.#members) stream.end();
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
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof NautesError && (error.status === 401 || error.status === 403);
}
