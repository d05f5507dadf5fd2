import { createHmac, timingSafeEqual } from 'node:crypto';
import { withDeadline } from '../../base/async/timing.ts';
import type { Secret } from '../../base/secret.ts';

/** The last trailer of a commit that this installation made: a code over all of it, with a key that only it has. */
export const MARK_KEY = 'Nautes-Mark';

const MARK_LINE = /^Nautes-Mark: ([0-9a-f]{64})\n$/;
const MARK_LINE_BYTES = MARK_KEY.length + 2 + 64 + 1;

/** The keys are waited for so long; without them a commit has no mark, and no mark is believed. */
const KEYS_DEADLINE_MILLISECONDS = 3_000;

/** After a failure they are not asked for again for so long. */
const KEYS_PAUSE_MILLISECONDS = 10_000;

/** The keys of the marks: the first one makes them, any of them is believed. */
export type MarkKeys = (signal: AbortSignal) => Promise<readonly Secret<Uint8Array>[]>;

/** A commit's content with the mark. Its message ends with a trailer and a line feed. */
export function withMark(content: Buffer, key: Secret<Uint8Array>): Buffer {
  return Buffer.concat([content, Buffer.from(`${MARK_KEY}: ${codeOf(content, key).toString('hex')}\n`)]);
}

/** Whether the content ends with a mark of one of the keys: it is as this installation wrote it, to the last byte. */
export function hasMark(content: Buffer, keys: readonly Secret<Uint8Array>[]): boolean {
  const end = content.length - MARK_LINE_BYTES;
  const code = MARK_LINE.exec(end < 0 ? '' : content.toString('latin1', end))?.[1];
  if (code === undefined) return false;
  const given = Buffer.from(code, 'hex');
  return keys.some((key) => timingSafeEqual(given, codeOf(content.subarray(0, end), key)));
}

function codeOf(content: Buffer, key: Secret<Uint8Array>): Buffer {
  return createHmac('sha256', key.reveal()).update(content).digest();
}

/** Makes and believes marks with keys that may not be there yet, such as those of a Vault that is sealed. */
export class CommitMarks {
  readonly #ask: MarkKeys | undefined;
  #keys: readonly Secret<Uint8Array>[] | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;

  /** @param keys without them nothing is marked, and the trailers of every commit count */
  constructor(keys: MarkKeys | undefined) {
    this.#ask = keys;
  }

  /** The key of new marks; `undefined` when there is none now. */
  async key(signal: AbortSignal): Promise<Secret<Uint8Array> | undefined> {
    return (await this.#known(signal))?.[0];
  }

  /** Whether the trailers of the commit are ours; `undefined` when that cannot be told now. */
  async believes(content: Buffer, signal: AbortSignal): Promise<boolean | undefined> {
    if (this.#ask === undefined) return true;
    const keys = await this.#known(signal);
    return keys === undefined ? undefined : hasMark(content, keys);
  }

  async #known(signal: AbortSignal): Promise<readonly Secret<Uint8Array>[] | undefined> {
    if (this.#keys !== undefined || this.#ask === undefined) return this.#keys;
    if (performance.now() - this.#failedAt < KEYS_PAUSE_MILLISECONDS) return undefined;
    try {
      this.#keys = await this.#ask(withDeadline(signal, KEYS_DEADLINE_MILLISECONDS));
    } catch {
      signal.throwIfAborted();
      this.#failedAt = performance.now();
    }
    return this.#keys;
  }
}
