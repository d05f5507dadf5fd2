import { createInterface } from 'node:readline/promises';
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
 * Asks on standard error and reads lines of standard input, which may be a file or a pipe, until one is an answer.
 * @throws NautesError `NothingConfirmed` at the end of the input
 */
export class Prompt implements Disposable {
  readonly #terminal: Invocation['terminal'];
  readonly #lines: AsyncIterator<string>;
  readonly #reader: ReturnType<typeof createInterface>;

  constructor({ terminal }: Invocation) {
    this.#terminal = terminal;
    this.#reader = createInterface({ input: process.stdin, terminal: false, signal: interruption() });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async ask(question: string): Promise<Consent> {
    const signal = interruption();
    for (;;) {
      process.stderr.write(`${this.#terminal.safe(question)} `);
      const { value, done } = await this.#lines.next();
      if (signal.aborted) throw signal.reason;
      if (done === true) {
        process.stderr.write('\n');
        throw new NautesError('NothingConfirmed');
      }
      const answer = ANSWERS[value.trim().toLowerCase()];
      if (answer !== undefined) return answer;
    }
  }

  [Symbol.dispose](): void {
    this.#reader.close();
    process.stdin.unref?.(); // a terminal that is still open keeps no process
  }
}

/** Reads a line without showing it, from a terminal. */
export async function askSecretly(question: string): Promise<string> {
  const { stdin, stderr } = process;
  const signal = interruption();
  stdin.setRawMode(true); // before the question: somebody quick must not see what they type
  stderr.write(`${question} `);
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
    stderr.write('\n');
  }
}

/** All of standard input. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString('utf8');
}
