/** What was answered when, and what the disk held then. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CrashDisk, ImageFile, Kept } from './crash-disk.ts';
import { Replay } from './replay.ts';
import { type CallMoment, pathOf, readSystemCalls } from './system-calls.ts';

/** A moment to look at the disk. */
export interface Point {
  readonly what: string;
  /** An answer is about to be sent; otherwise a sync has ended. */
  readonly isAnswer: boolean;
  /** The answers that had been given, with this one, in their order: requests at the same time may change places. */
  readonly given: readonly string[];
  image(kept: Kept): readonly ImageFile[];
}

export interface Answer {
  readonly what: string;
  /** What only this answer holds, e.g. the id of its request. */
  readonly mark: string;
}

/** The calls of all processes that were recorded into the directory. */
export async function readRecording(directory: string): Promise<readonly CallMoment[]> {
  const records = await Promise.all((await readdir(directory)).map((name) => readSystemCalls(join(directory, name))));
  return records.reduce(inOrderOfTime, []);
}

/** Two records as one; the order within each stays. */
function inOrderOfTime(left: readonly CallMoment[], right: readonly CallMoment[]): CallMoment[] {
  const merged: CallMoment[] = [];
  let place = 0;
  for (const moment of right) {
    for (; (left[place]?.time ?? Number.POSITIVE_INFINITY) <= moment.time; place += 1) {
      const earlier = left[place];
      if (earlier !== undefined) merged.push(earlier);
    }
    merged.push(moment);
  }
  return [...merged, ...left.slice(place)];
}

/**
 * Goes through the record and looks at each answer just before its first byte is sent, and after each sync.
 * @throws Error when an answer is not in the record
 */
export async function replayRecording(
  moments: readonly CallMoment[],
  disk: CrashDisk,
  answers: readonly Answer[],
  look: (point: Point) => Promise<void>,
): Promise<void> {
  const replay = new Replay(disk);
  const waiting = answers.map((answer) => ({ ...answer, mark: escaped(answer.mark) }));
  const given: string[] = [];
  const point = (what: string, isAnswer: boolean): Point => {
    return { what, isAnswer, given: [...given], image: (kept) => disk.image(kept) };
  };
  for (const moment of moments) {
    const place = isSent(moment) ? waiting.findIndex(({ mark }) => holds(moment, mark)) : -1;
    const [answer] = place < 0 ? [] : waiting.splice(place, 1);
    if (answer !== undefined) {
      given.push(answer.what);
      await look(point(answer.what, true));
    }
    replay.apply(moment);
    if (moment.at === 'end' && /^f(data)?sync$/.test(moment.call.name)) {
      await look(point(`a sync after ${given.at(-1) ?? 'the first start'}`, false));
    }
  }
  if (waiting.length > 0) throw new Error(`not recorded: ${waiting.map(({ what }) => what).join(', ')}`);
}

/** Whether something is written to a connection or a pipe. */
function isSent({ at, call }: CallMoment): boolean {
  return at === 'begin' && SENDING.includes(call.name) && /^(socket|pipe|TCP|UNIX)/.test(pathOf(call.args[0] ?? ''));
}

const SENDING: readonly string[] = ['write', 'writev', 'sendmsg', 'sendto'];

function holds({ call }: CallMoment, mark: string): boolean {
  return call.args.some((arg) => arg.includes(mark));
}

function escaped(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
