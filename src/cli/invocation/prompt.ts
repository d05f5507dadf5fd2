import { createInterface } from 'node:readline/promises';
import type { ReadStream } from 'node:tty';
import { sleep } from '../../base/async/timing.ts';
import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { interruption } from './process-end.ts';
import type { Invocation } from './invocation.ts';

export type Consent = 'yes' | 'no' | 'all';

const ANSWERS: Readonly<Record<string, Consent>> = {
  y: 'yes',
  yes: 'yes',
  是: 'yes',
  n: 'no',
  no: 'no',
  否: 'no',
  a: 'all',
  all: 'all',
  全部: 'all',
};

/**
 * Asks on standard error and reads lines of standard input until one is an answer. On a terminal only what is typed after
 * the question counts; a file or a pipe has its answers from the beginning.
 * @throws NautesError `NothingConfirmed` at the end of the input
 */
export class Prompt implements Disposable {
  readonly #terminal: Invocation['terminal'];
  readonly #piped: Lines | undefined;

  constructor({ terminal }: Invocation) {
    this.#terminal = terminal;
    this.#piped = process.stdin.isTTY ? undefined : new Lines();
  }

  async ask(question: string): Promise<Consent> {
    for (;;) {
      const value = await this.#answer(question);
      if (value === undefined) {
        this.#terminal.say('');
        throw new NautesError('NothingConfirmed');
      }
      const answer = ANSWERS[value.trim().toLowerCase()];
      if (answer !== undefined) return answer;
    }
  }

  async #answer(question: string): Promise<string | undefined> {
    if (this.#piped !== undefined) {
      this.#terminal.ask(question);
      return this.#piped.next();
    }
    await discardTypedAhead(process.stdin);
    this.#terminal.ask(question);
    using lines = new Lines(); // one for each question: it may have read more than the answer
    return await lines.next();
  }

  [Symbol.dispose](): void {
    this.#piped?.[Symbol.dispose]();
    process.stdin.unref?.(); // a terminal that is still open keeps no process
  }
}

/** The lines of standard input. */
class Lines implements Disposable {
  readonly #signal = interruption();
  readonly #reader = createInterface({ input: process.stdin, terminal: false, signal: this.#signal });
  readonly #lines = this.#reader[Symbol.asyncIterator]();

  /** `undefined` at the end. */
  async next(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    if (this.#signal.aborted) throw this.#signal.reason;
    return done === true ? undefined : value;
  }

  [Symbol.dispose](): void {
    this.#reader.close();
  }
}

const INTERRUPT = '\x03';
const QUIET_MILLISECONDS = 30;
/** Someone who leans on the keyboard is asked all the same. */
const MOST_ROUNDS = 20;

/** What was typed before a question was there to be read is no answer to it. Raw mode gives half a line as well. */
async function discardTypedAhead(stdin: ReadStream): Promise<void> {
  let hasCome = false;
  const drop = (typed: Buffer | string): void => {
    hasCome = true;
    if (typed.includes(INTERRUPT)) process.kill(process.pid, 'SIGINT'); // raw mode keeps the terminal from doing it
  };
  stdin.setRawMode(true);
  stdin.on('data', drop);
  stdin.resume();
  try {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      hasCome = false;
      await sleep(QUIET_MILLISECONDS);
      interruption().throwIfAborted();
      if (!hasCome) return;
    }
  } finally {
    stdin.off('data', drop);
    stdin.pause();
    stdin.setRawMode(false);
  }
}

/** Reads a line without showing it, from a terminal. */
export async function askSecretly({ terminal }: Invocation, question: string): Promise<string> {
  const { stdin } = process;
  const signal = interruption();
  stdin.setRawMode(true); // before the question: somebody quick must not see what they type
  terminal.ask(question);
  stdin.resume();
  stdin.setEncoding('utf8');
  try {
    return await new Promise<string>((resolve, reject) => {
      let typed = '';
      const take = (text: string): void => {
        for (const character of text) {
          if (character === '\r' || character === '\n') return settle(() => resolve(typed));
          if (character === '\x03') {
            settle(() => {
              process.kill(process.pid, 'SIGINT'); // raw mode keeps the terminal from doing it
              signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
            });
            return;
          }
          if (character === '\x04') return settle(() => reject(new NautesError('NothingConfirmed')));
          if (character === '\x7f' || character === '\b') typed = typed.slice(0, -1);
          else typed += character;
        }
      };
      const settle = (then: () => void): void => {
        stdin.off('data', take);
        then();
      };
      stdin.on('data', take);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    terminal.say('');
  }
}

/** Of standard input, as of a file with documents. */
const MAXIMUM_INPUT_BYTES = 16 * 1024 * 1024;

/** All of standard input. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAXIMUM_INPUT_BYTES) {
      const problem = message('File.tooLarge', { limit: MAXIMUM_INPUT_BYTES });
      throw new NautesError('FileUnreadable', { file: '-', problem });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
