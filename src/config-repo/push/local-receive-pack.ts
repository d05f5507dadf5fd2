import type { RunningProgram } from '../../base/programs/programs.ts';
import type { Git } from '../git.ts';
import { FLUSH } from './packets.ts';
import { PushConversation, type Push, type PushAnswer } from './push-conversation.ts';
import type { ReceivePack } from './receive-pack.ts';

/** Bytes kept of what the program writes beside the protocol. */
const MAXIMUM_COMPLAINT = 64 * 1024;

/** What goes on after an answer may take so long when this is closed. */
const CLOSE_MILLISECONDS = 2000;

/** Pushes to a repository on this machine through `git receive-pack`, as git does for a path. */
export class LocalReceivePack implements ReceivePack {
  readonly #git: Git;
  readonly #path: string;
  /** Until each program has ended: after the answer come hooks and housekeeping. */
  readonly #running = new Map<RunningProgram, Promise<void>>();

  constructor(git: Git, path: string) {
    this.#git = git;
    this.#path = path;
  }

  async push(push: Push, _credentials: undefined, signal: AbortSignal): Promise<PushAnswer> {
    signal.throwIfAborted();
    const { promise: answer, resolve, reject } = Promise.withResolvers<PushAnswer>();
    const ended = Promise.withResolvers<void>();
    const conversation = new PushConversation(push);
    let complaint = '';
    let isOver = false;
    const fail = (error?: unknown): void => reject(conversation.failure(error, { local: linesOf(complaint) }));
    const receive = (chunk: Buffer): void => {
      if (isOver) return; // words of hooks that run after the answer
      const step = conversation.receive(chunk);
      if (step === undefined) return;
      if (step.kind === 'send') return step.request.forEach((part) => program.write(part));
      isOver = true;
      if (!conversation.hasAsked) program.write(FLUSH);
      program.endInput();
      resolve(step.answer);
    };
    const end = (error?: Error): void => {
      this.#running.delete(program);
      ended.resolve();
      fail(error);
    };
    const program = this.#git.startElsewhere(['receive-pack', '--', this.#path], {
      onOutput(chunk) {
        try {
          receive(chunk);
        } catch (error) {
          isOver = true;
          fail(error);
          program.kill('SIGTERM');
        }
      },
      onError(chunk) {
        if (complaint.length < MAXIMUM_COMPLAINT) complaint += chunk.toString('utf8');
      },
      onEnd: () => end(),
      onFailure: end,
    });
    this.#running.set(program, ended.promise);
    const abort = (): void => {
      program.kill('SIGTERM'); // it removes its locks and what it has received
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    const kill = (): void => {
      for (const program of this.#running.keys()) program.kill('SIGKILL');
    };
    const timer = setTimeout(kill, CLOSE_MILLISECONDS);
    await Promise.all(this.#running.values());
    clearTimeout(timer);
  }
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
