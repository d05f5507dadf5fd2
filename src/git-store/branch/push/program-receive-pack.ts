import type { ProgramListener, RunningProgram } from '../../../base/programs/programs.ts';
import type { Git } from '../../git/git.ts';
import { linesOf, RemoteFailure, type RemoteReport } from '../remote/git-report.ts';
import type { SshClient } from '../remote/ssh-client.ts';
import { sshWords } from '../remote/ssh-sayings.ts';
import { message } from '../../../messages/message.ts';
import { FLUSH } from './packets.ts';
import { type Push, type PushAnswer, PushConversation } from './push-conversation.ts';
import type { ReceivePack } from './receive-pack.ts';

/** Bytes kept of what the program writes beside the protocol. */
const MAXIMUM_COMPLAINT = 64 * 1024;

/** How long close waits for processes that still run after their answers. */
const CLOSE_MILLISECONDS = 2000;

/** Until the first words over SSH: the exchange of keys has no limit of its own. */
const SSH_BEGIN_MILLISECONDS = 25_000;

/** A program that speaks as `git receive-pack` does. */
interface Way {
  readonly start: (listener: ProgramListener) => RunningProgram;
  /** What the words of the program mean. */
  readonly report: (lines: readonly string[]) => Pick<RemoteReport, 'local' | 'isSsh'>;
  /** Its first words come within this time. */
  readonly beginMilliseconds?: number;
}

/** Pushes to a repository on this machine through `git receive-pack`, as git does for a path. */
export function localReceivePack(git: Git, path: string): ReceivePack {
  return new ProgramReceivePack({
    start: (listener) => git.startElsewhere(['receive-pack', '--', path], listener),
    report: (local) => ({ local }),
  });
}

/** Pushes over SSH: one connection a push, which is a batch of saves. */
export function sshReceivePack(git: Git, ssh: SshClient): ReceivePack {
  return new ProgramReceivePack({
    start: (listener) => git.startProgram('ssh', ssh.serviceArguments('git-receive-pack'), listener),
    report: (lines) => ({ local: sshWords(lines), isSsh: true }),
    beginMilliseconds: SSH_BEGIN_MILLISECONDS,
  });
}

class ProgramReceivePack implements ReceivePack {
  readonly #way: Way;
  /** Until each program has ended: after the answer come hooks and housekeeping. */
  readonly #running = new Set<ProgramPush>();

  constructor(way: Way) {
    this.#way = way;
  }

  async push(push: Push, _credentials: undefined, signal: AbortSignal): Promise<PushAnswer> {
    signal.throwIfAborted();
    const running = new ProgramPush(push, this.#way);
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
class ProgramPush implements ProgramListener {
  readonly #conversation: PushConversation;
  readonly #answer = Promise.withResolvers<PushAnswer>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #program: RunningProgram;
  readonly #way: Way;
  readonly #beginning: NodeJS.Timeout | undefined;
  #complaint = '';
  #isOver = false;

  constructor(push: Push, way: Way) {
    this.#way = way;
    this.#conversation = new PushConversation(push);
    this.#program = way.start(this);
    const { beginMilliseconds } = way;
    if (beginMilliseconds !== undefined) this.#beginning = setTimeout(() => this.#giveUp(), beginMilliseconds);
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
    clearTimeout(this.#beginning);
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
    clearTimeout(this.#beginning);
    this.#ended.resolve();
    this.#fail(undefined);
  }

  onFailure(error: Error): void {
    clearTimeout(this.#beginning);
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

  #giveUp(): void {
    this.#program.kill('SIGTERM');
    const report = { ...this.#way.report(linesOf(this.#complaint)), remote: [], problem: message('network.timeout') };
    this.#answer.reject(new RemoteFailure(report));
  }

  /** Without effect after an answer. */
  #fail(error: unknown): void {
    const own = error instanceof Error && 'code' in error ? [error.message] : [];
    const said = this.#way.report([...own, ...linesOf(this.#complaint)]);
    this.#answer.reject(this.#conversation.failure(error, said));
  }
}
