import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { ended, type Git } from './git.ts';
import { NO_OBJECT } from './objects.ts';
import { syncReference } from './repository-directory.ts';

/** A reference did not have the expected value, or is locked. */
export class ReferenceConflict extends Error {}

/** Moves references by compare-and-swap through one `git update-ref` that stays. One move at a time. */
export class ReferenceUpdater {
  readonly #git: Git;
  #process: ChildProcessWithoutNullStreams | undefined;

  constructor(git: Git) {
    this.#git = git;
  }

  /**
   * Durable when it returns.
   * @param before the value it must have; empty: it must not exist; `undefined`: any
   * @param condition what must be durable before the reference is: the move is prepared meanwhile
   * @throws ReferenceConflict, the error of the condition
   */
  async move(reference: string, before: string | undefined, after: string, condition?: Promise<void>): Promise<void> {
    const expected = before === '' ? NO_OBJECT : (before ?? '');
    condition?.catch(() => {}); // it is seen below, unless the preparation fails
    await this.#tell(
      `start\nupdate ${reference} ${after}${expected === '' ? '' : ` ${expected}`}\nprepare\n`,
      'prepare: ok\n',
    );
    try {
      await condition;
    } catch (error) {
      await this.#tell('abort\n', 'abort: ok\n');
      throw error;
    }
    await this.#tell('commit\n', 'commit: ok\n');
    await syncReference(this.#git.directory, reference);
  }

  /** Sends commands and waits for the answer to the last one. */
  #tell(commands: string, answer: string): Promise<void> {
    this.#process ??= this.#start();
    const child = this.#process;
    return new Promise((resolve, reject) => {
      let said = '';
      let complaint = '';
      const onOutput = (chunk: Buffer): void => {
        said += chunk.toString('latin1');
        if (said.endsWith(answer)) settle(resolve);
      };
      const onComplaint = (chunk: Buffer): void => {
        complaint += chunk.toString('utf8');
      };
      const onEnd = (): void => {
        this.#process = undefined;
        settle(() => reject(new ReferenceConflict(complaint.trim() || 'git update-ref has ended')));
      };
      const settle = (settled: () => void): void => {
        child.stdout.off('data', onOutput);
        child.stderr.off('data', onComplaint);
        child.off('close', onEnd);
        settled();
      };
      child.stdout.on('data', onOutput);
      child.stderr.on('data', onComplaint);
      child.on('close', onEnd);
      child.stdin.write(commands);
    });
  }

  /** Lets the next move start a new process, which does not hold deleted packs open. */
  restart(): void {
    this.#process?.stdin.end();
    this.#process = undefined;
  }

  async close(): Promise<void> {
    const child = this.#process;
    this.restart();
    if (child !== undefined) await ended(child);
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = this.#git.start(['update-ref', '--stdin']);
    child.stdin.on('error', () => {}); // its end is seen where it is used
    child.on('error', () => {});
    child.on('close', () => {
      if (this.#process === child) this.#process = undefined;
    });
    return child;
  }
}
