import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../src/base/programs/process.ts';
import { Screen } from './screen.ts';
import { PATIENCE_MILLISECONDS } from './wait-until.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Why there are no pseudo-terminals for tests here, or `false`. They come from `script` of util-linux, with `stty`. */
export function terminalsUnavailable(): string | false {
  if (process.platform !== 'linux') return 'pseudo-terminals are driven on Linux only';
  const version = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (!version.includes('util-linux')) return 'there is no `script` of util-linux, which brings pseudo-terminals';
  return spawnSync('stty', ['--version']).status === 0 ? false : 'there is no `stty`';
}

/** A command of ours in a pseudo-terminal, with what a person at it would see and could type. */
export class TerminalSession implements AsyncDisposable {
  readonly screen: Screen;
  /** Everything that was written, as it came: for tests of what the screen alone does not tell. */
  output = '';
  /** The pieces in which the output was read. */
  readonly chunks: string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #directory: string;
  readonly #exit: Promise<number>;

  private constructor(child: ChildProcessWithoutNullStreams, directory: string, screen: Screen) {
    this.#child = child;
    this.#directory = directory;
    this.screen = screen;
    const decoder = new StringDecoder('utf8');
    child.stdout.on('data', (bytes: Buffer) => {
      const text = decoder.write(bytes);
      this.output += text;
      this.chunks.push(text);
      screen.write(text);
    });
    this.#exit = new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  }

  static async open(command: readonly string[], options: TerminalOptions = {}): Promise<TerminalSession> {
    const { columns = 100, rows = 30, environment = {} } = options;
    const directory = await mkdtemp(join(tmpdir(), 'nautes-terminal-'));
    const device = quoted(join(directory, 'device'));
    const line = `stty cols ${columns} rows ${rows}; tty > ${device}; exec ${command.map(quoted).join(' ')}`;
    const child = spawn('script', ['-q', '-e', '-f', '-c', line, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm-256color', SHELL: '/bin/sh', LANG: 'C.UTF-8', ...environment },
      stdio: 'pipe',
    });
    child.stdin.on('error', () => {}); // the command may end before it has read what was typed
    return new TerminalSession(child, directory, new Screen(columns, rows));
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.type('\x03');
  }

  async resize(columns: number, rows: number): Promise<void> {
    const device = (await readFile(join(this.#directory, 'device'), 'utf8')).trim();
    this.screen.resize(columns, rows);
    await run('stty', ['-F', device, 'cols', String(columns), 'rows', String(rows)]);
  }

  /** Waits until what was ever shown matches. */
  async until(pattern: RegExp): Promise<void> {
    await this.untilScreen((text) => pattern.test(text), String(pattern));
  }

  async untilScreen(test: (text: string) => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MILLISECONDS;
    while (!test(this.screen.text)) {
      if (Date.now() > end) throw new Error(`in vain: ${what} on\n${this.screen.text}`);
      await delay(20);
    }
  }

  /** The exit code of the command. */
  async end(): Promise<number> {
    const late = delay(PATIENCE_MILLISECONDS, undefined, { ref: false }).then(() => {
      throw new Error(`it did not end:\n${this.screen.text}`);
    });
    return Promise.race([this.#exit, late]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill('SIGKILL');
    await this.#exit;
    if (existsSync(this.#directory)) await rm(this.#directory, { recursive: true, force: true });
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
