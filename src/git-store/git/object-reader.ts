import { message } from '../../messages/message.ts';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { NautesError } from '../../errors/errors.ts';
import { ended, type Git } from './git.ts';

/** What is known of an object without its content. */
export interface ObjectInfo {
  readonly id: string;
  readonly type: string;
  readonly size: number;
}

interface Question {
  readonly withContent: boolean;
  resolve(answer: { info: ObjectInfo; content: Buffer } | undefined): void;
  reject(error: unknown): void;
}

/**
 * Reads objects through one `git cat-file` that stays: some 10,000 reads a second.
 * When the process ends, the questions under way fail and the next one starts another.
 */
export class ObjectReader {
  readonly #git: Git;
  #process: ChildProcessWithoutNullStreams | undefined;
  #questions: Question[] = [];
  #commands = '';
  #isClosed = false;

  constructor(git: Git) {
    this.#git = git;
  }

  /** Id, type and size of the object of that name (an id or a reference); `undefined` when there is none. */
  async info(name: string): Promise<ObjectInfo | undefined> {
    return (await this.#ask('info', name))?.info;
  }

  /** The content of an object; it must be small enough for memory. @throws Error when there is no such object of the type */
  async content(id: string, type: string): Promise<Buffer> {
    const answer = await this.#ask('contents', id);
    if (answer?.info.type !== type) {
      throw new NautesError('ConfigRepoInvalid', { problem: message('ConfigRepoInvalid.objectMissing', { id, type }) });
    }
    return answer.content;
  }

  /** Lets the next read start a new process, which does not hold deleted packs open. Reads under way end well. */
  restart(): void {
    this.#send();
    this.#process?.stdin.end();
    this.#process = undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#process;
    this.restart();
    if (child !== undefined) await ended(child);
  }

  #ask(command: 'info' | 'contents', name: string): Promise<{ info: ObjectInfo; content: Buffer } | undefined> {
    if (this.#isClosed) return Promise.reject(new NautesError('Closing'));
    return new Promise((resolve, reject) => {
      if (this.#commands === '') queueMicrotask(() => this.#send());
      this.#commands += `${command} ${name}\n`;
      this.#process ??= this.#start();
      this.#questions.push({ withContent: command === 'contents', resolve, reject });
    });
  }

  #send(): void {
    if (this.#commands === '') return;
    const commands = `${this.#commands}flush\n`;
    this.#commands = '';
    this.#process ??= this.#start();
    this.#process.stdin.write(commands);
  }

  #start(): ChildProcessWithoutNullStreams {
    const child = this.#git.start(['cat-file', '--batch-command', '--buffer']);
    const questions: Question[] = [];
    this.#questions = questions;
    const parser = new AnswerParser(questions);
    child.stdout.on('data', (chunk: Buffer) => parser.push(chunk));
    child.stdin.on('error', () => {}); // its end is seen below
    child.stderr.resume();
    const onEnd = (cause?: unknown): void => {
      if (this.#process === child) {
        this.#process = undefined;
        this.#commands = '';
      }
      const error = new NautesError(
        'ConfigRepoUnavailable',
        { problem: message('ConfigRepoUnavailable.processEnded') },
        { cause },
      );
      for (const question of questions.splice(0)) question.reject(error);
    };
    child.on('error', onEnd);
    child.on('close', () => onEnd());
    return child;
  }
}

/** Cuts the output of `cat-file` into answers. */
class AnswerParser {
  readonly #questions: Question[];
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes that must have come before it is worth looking again. */
  #needed = 1;

  constructor(questions: Question[]) {
    this.#questions = questions;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    while (rest.length > 0) {
      const used = this.#take(rest);
      if (used === 0) break;
      rest = rest.subarray(used);
      this.#needed = 1;
    }
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
  }

  /** Answers the first question when its answer is complete; returns the bytes used. */
  #take(bytes: Buffer): number {
    const line = bytes.indexOf(0x0a);
    const question = this.#questions[0];
    if (line < 0 || question === undefined) return 0;
    const header = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(bytes.toString('latin1', 0, line));
    const info = header === null ? undefined : { id: header[1] ?? '', type: header[2] ?? '', size: Number(header[3]) };
    const start = line + 1;
    const end = question.withContent && info !== undefined ? start + info.size + 1 : start;
    if (bytes.length < end) {
      this.#needed = end;
      return 0;
    }
    this.#questions.shift();
    // A copy, so that a small object does not keep a large chunk in memory.
    question.resolve(info && { info, content: Buffer.from(bytes.subarray(start, Math.max(start, end - 1))) });
    return end;
  }
}
