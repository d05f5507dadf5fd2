import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { ended, type Git } from '../git.ts';
import { PushConversation, type Push, type PushAnswer } from './push-conversation.ts';
import type { ReceivePack } from './receive-pack.ts';

/** Bytes kept of what the program writes beside the protocol. */
const MAXIMUM_COMPLAINT = 64 * 1024;

/** Pushes to a repository on this machine through `git receive-pack`, as git does for a path. */
export class LocalReceivePack implements ReceivePack {
  readonly #git: Git;
  readonly #path: string;
  /** Programs that are at their housekeeping after the answer, too. */
  readonly #running = new Set<ChildProcessWithoutNullStreams>();

  constructor(git: Git, path: string) {
    this.#git = git;
    this.#path = path;
  }

  async push(push: Push, _credentials: undefined, signal: AbortSignal): Promise<PushAnswer> {
    signal.throwIfAborted();
    const child = this.#git.startElsewhere(['receive-pack', '--', this.#path]);
    this.#running.add(child);
    child.on('close', () => this.#running.delete(child));
    child.stdin.on('error', () => {}); // its end is seen where it is read
    const abort = (): void => void child.kill(); // it removes its locks and what it has received
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await converse(child, new PushConversation(push));
    } catch (error) {
      child.kill();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map(ended));
  }
}

function converse(child: ChildProcessWithoutNullStreams, conversation: PushConversation): Promise<PushAnswer> {
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < MAXIMUM_COMPLAINT) complaint += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    const fail = (error?: unknown): void => reject(conversation.failure(error, { local: linesOf(complaint) }));
    let isOver = false;
    child.stdout.on('data', (chunk: Buffer) => {
      if (isOver) return; // words of hooks that run after the answer
      try {
        const step = conversation.receive(chunk);
        if (step?.kind === 'send') for (const part of step.request) child.stdin.write(part);
        if (step?.kind !== 'end') return;
        isOver = true;
        if (conversation.hasAsked) child.stdin.end();
        else child.stdin.end('0000');
        resolve(step.answer);
      } catch (error) {
        isOver = true;
        fail(error);
      }
    });
    child.on('error', fail);
    child.on('close', () => fail());
  });
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
