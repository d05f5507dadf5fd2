import type { ProgramListener, RunningProgram } from '../../../base/programs/programs.ts';
import type { Git } from '../../git/git.ts';
import { linesOf } from '../remote/git-report.ts';
import { FLUSH } from './packets.ts';
import { type Push, type PushAnswer, PushConversation } from './push-conversation.ts';
import type { ReceivePack } from './receive-pack.ts';

/** Bytes kept of what the program writes beside the protocol. */
const MAXIMUM_COMPLAINT = 64 * 1024;

/** How long close waits for processes that still run after their answers. */
const CLOSE_MILLISECONDS = 2000;

/** Pushes to a repository on this machine through `git receive-pack`, as git does for a path. */
export class LocalReceivePack implements ReceivePack {
  readonly #git: Git;
  readonly #path: string;
  /** Until each program has ended: after the answer come hooks and housekeeping. */
  readonly #running = new Set<LocalPush>();

  constructor(git: Git, path: string) {
    this.#git = git;
    this.#path = path;
  }

  async push(push: Push, _credentials: undefined, signal: AbortSignal): Promise<PushAnswer> {
    signal.throwIfAborted();
    const running = new LocalPush(push, (listener) =>
      this.#git.startElsewhere(['receive-pack', '--', this.#path], listener),
    );
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    const abort = (): void => running.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await running.answer;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    const timer = setTimeout(() => running.forEach((push) => push.kill()), CLOSE_MILLISECONDS);
    await Promise.all(running.map(({ ended }) => ended));
    clearTimeout(timer);
  }
}

/** One run of the program, and what is said to it. */
class LocalPush implements ProgramListener {
  readonly #conversation: PushConversation;
  readonly #answer = Promise.withResolvers<PushAnswer>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #program: RunningProgram;
  #complaint = '';
  #isOver = false;

  constructor(push: Push, start: (listener: ProgramListener) => RunningProgram) {
    this.#conversation = new PushConversation(push);
    this.#program = start(this);
  }

  get answer(): Promise<PushAnswer> {
    return this.#answer.promise;
  }

  /** Resolves when the program is gone, which may be long after the answer. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  abort(reason: unknown): void {
    this.#program.kill('SIGTERM'); // it removes its locks and what it has received
    this.#answer.reject(reason);
  }

  kill(): void {
    this.#program.kill('SIGKILL');
  }

  onOutput(chunk: Buffer): void {
    if (this.#isOver) return; // words of hooks that run after the answer
    try {
      this.#receive(chunk);
    } catch (error) {
      this.#isOver = true;
      this.#fail(error);
      this.#program.kill('SIGTERM');
    }
  }

  onError(chunk: Buffer): void {
    if (this.#complaint.length < MAXIMUM_COMPLAINT) this.#complaint += chunk.toString('utf8');
  }

  onEnd(): void {
    this.#ended.resolve();
    this.#fail(undefined);
  }

  onFailure(error: Error): void {
    this.#ended.resolve();
    this.#fail(error);
  }

  #receive(chunk: Buffer): void {
    const step = this.#conversation.receive(chunk);
    if (step?.kind === 'send') for (const part of step.request) this.#program.write(part);
    if (step?.kind !== 'end') return;
    this.#isOver = true;
    if (!this.#conversation.hasAsked) this.#program.write(FLUSH);
    this.#program.endInput();
    this.#answer.resolve(step.answer);
  }

  /** Without effect after an answer. */
  #fail(error: unknown): void {
    const own = error instanceof Error && 'code' in error ? [error.message] : [];
    this.#answer.reject(this.#conversation.failure(error, { local: [...own, ...linesOf(this.#complaint)] }));
  }
}
