import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';

export const COMMAND = join(import.meta.dirname, '../../bin/nautes');

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line of one user: a home directory of its own and the variables that a test gives. */
export class CommandLine implements AsyncDisposable {
  readonly home: string;
  /** Variables of every call; change them as a person would export them. */
  readonly environment: Record<string, string>;
  readonly #command: string;

  private constructor(home: string, environment: Readonly<Record<string, string>>, command: string) {
    this.home = home;
    this.#command = command;
    this.environment = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', ...environment };
  }

  static async open(environment: Readonly<Record<string, string>> = {}, command = COMMAND): Promise<CommandLine> {
    return new CommandLine(await mkdtemp(join(tmpdir(), 'nautes-home-')), environment, command);
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.feed('', ...args);
  }

  /** The same with a standard input. */
  async feed(input: string, ...args: readonly string[]): Promise<Outcome> {
    const signal = AbortSignal.timeout(120_000);
    const { code, stdout, stderr } = await run(this.#command, args, {
      environment: this.environment,
      directory: this.home,
      input,
      signal,
    });
    return { code, stdout: stdout.toString(), stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
