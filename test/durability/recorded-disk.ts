/** A data directory whose processes are recorded, and what their answers promise. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { sha256 } from '../../src/base/hash.ts';
import {
  CrashDisk,
  type DirectoryNode,
  type ImageFile,
  type Kept,
  LOSSES,
  readDisk,
  writeImage,
} from './crash-disk.ts';
import { type Answer, type Point, readRecording, replayRecording } from './recording.ts';
import { straceLauncher } from './system-calls.ts';

/** Why nothing can be recorded here; false where it can. */
export const unrecordable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((path) => existsSync(join(path, 'strace')))
  ? false
  : 'strace is not installed, by which is seen what is synced';

/** What must hold of the data directory after a power loss. */
type Promised<Opened> = (opened: Opened) => Promise<void>;

/** Opens a data directory after a power loss. */
export type Reopen<Opened> = (dataDirectory: string, check: (opened: Opened) => Promise<void>) => Promise<void>;

interface Noted<Opened> extends Answer {
  readonly promised: Promised<Opened>;
  /** How many answers there are when it holds no longer. */
  until: number;
}

export class RecordedDisk<Opened> implements AsyncDisposable {
  readonly dataDirectory: string;
  /** Starts a program in its turn, which is recorded. */
  readonly launcher: readonly string[];
  readonly #directory: string;
  readonly #before: DirectoryNode;
  readonly #answers: Noted<Opened>[] = [];

  private constructor(directory: string, before: DirectoryNode) {
    this.#directory = directory;
    this.#before = before;
    this.dataDirectory = dataDirectoryOf(diskOf(directory));
    const strace = straceLauncher(`${recordsOf(directory)}/$$`).join(' ');
    this.launcher = ['/bin/sh', '-c', `exec ${strace} "$@"`, 'sh'];
  }

  /** @param prepare what is on the disk, durable, before anything is recorded; nothing, by default */
  static async create<Opened>(prepare?: (dataDirectory: string) => Promise<void>): Promise<RecordedDisk<Opened>> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'nautes-power-')));
    await mkdir(diskOf(directory));
    await mkdir(recordsOf(directory));
    await prepare?.(dataDirectoryOf(diskOf(directory)));
    return new RecordedDisk<Opened>(directory, await readDisk(diskOf(directory)));
  }

  /**
   * Notes an answer and what it promises.
   * @param mark what only this answer holds, e.g. the id of its request
   * @returns what is called before something else is asked for that changes it
   */
  note(what: string, mark: string, promised: Promised<Opened>): () => void {
    const noted = { what, mark, promised, until: Number.POSITIVE_INFINITY };
    this.#answers.push(noted);
    return () => {
      noted.until = this.#answers.length;
    };
  }

  /**
   * Opens what a power loss leaves, at each answer and after each sync.
   * @returns what was not as promised, a line each
   */
  async problems(reopen: Reopen<Opened>): Promise<readonly string[]> {
    const problems: string[] = [];
    const seen = new Set<string>();
    let syncs = 0;
    const look = async (point: Point): Promise<void> => {
      for (const kept of point.isAnswer ? LOSSES : some((syncs += 1))) {
        const image = point.image(kept);
        const digest = digestOf(image, point.given);
        if (seen.has(digest)) continue;
        seen.add(digest);
        const problem = await this.#problem(image, point.given, reopen);
        if (problem !== undefined) problems.push(`${point.what}, of the rest kept ${kept}: ${problem}`);
      }
    };
    const disk = new CrashDisk(diskOf(this.#directory), this.#before);
    await replayRecording(await readRecording(recordsOf(this.#directory)), disk, this.#answers, look);
    return problems;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #problem(
    image: readonly ImageFile[],
    given: readonly string[],
    reopen: Reopen<Opened>,
  ): Promise<string | undefined> {
    const place = join(this.#directory, 'image');
    await writeImage(image, place);
    try {
      await reopen(dataDirectoryOf(place), async (opened) => {
        for (const { what, promised, until } of this.#answers) {
          if (given.includes(what) && given.length < until) await promised(opened);
        }
      });
      return undefined;
    } catch (error) {
      return String(error);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }
}

/** Opening a data directory takes a while: of so many syncs one is checked, with one kind of loss after the other. */
const SYNCS_PER_LOOK = 5;

function some(turn: number): readonly Kept[] {
  return LOSSES.filter((_, index) => SYNCS_PER_LOOK * index === turn % (SYNCS_PER_LOOK * LOSSES.length));
}

function diskOf(directory: string): string {
  return join(directory, 'disk');
}

function recordsOf(directory: string): string {
  return join(directory, 'records');
}

/** Its parent does not exist either before the first start. */
function dataDirectoryOf(disk: string): string {
  return join(disk, 'var/data');
}

function digestOf(image: readonly ImageFile[], given: readonly string[]): string {
  const files = image.map(({ path, content }) => `${path} ${content === undefined ? '' : sha256(content)}`);
  return sha256([...given, ...files].join('\n'));
}
