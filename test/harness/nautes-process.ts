import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { sleep } from '../../src/base/async/timing.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import { ApiClient } from './api-client.ts';
import { PATIENCE_MILLISECONDS } from './wait-until.ts';

const root = join(import.meta.dirname, '../..');
const COMMAND = join(root, 'bin/nautes');

export interface NautesProcessOptions {
  /** Keys of the configuration file. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** An existing data directory; a new one by default. */
  readonly dataDirectory?: string;
  /** Environment variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A program and its arguments that start the command in their turn, e.g. as another user. */
  readonly launcher?: readonly string[];
  /** The command of a package; that of the checkout by default. */
  readonly command?: string;
}

/** The server as its users run it: the command in a process of its own, reached over HTTP. */
export class NautesProcess {
  readonly directory: string;
  readonly dataDirectory: string;
  readonly #configuration: Readonly<Record<string, unknown>>;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #launcher: readonly string[];
  readonly #command: string;
  #child: ChildProcess | undefined;
  #output = '';
  #url = '';

  private constructor(directory: string, options: NautesProcessOptions) {
    this.directory = directory;
    this.dataDirectory = options.dataDirectory ?? join(directory, 'data');
    this.#configuration = options.configuration ?? {};
    this.#environment = options.environment ?? {};
    this.#launcher = options.launcher ?? [];
    this.#command = options.command ?? COMMAND;
  }

  static async start(options: NautesProcessOptions = {}): Promise<NautesProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-test-'));
    const server = new NautesProcess(directory, options);
    await server.start();
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** Everything the process has written, also before a restart. */
  get output(): string {
    return this.#output;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process, or starts it again after {@link kill} or {@link stop}. */
  async start(): Promise<void> {
    const file = this.#file;
    await writeFile(file, stringifyYaml(this.#configuration));
    await chmod(this.directory, 0o755); // the launcher may make it another user's process
    const args = ['server', '--config', file, '--data-dir', this.dataDirectory, '--listen', '127.0.0.1:0'];
    const child = spawn(...this.#launched(args), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.#environment },
    });
    this.#child = child;
    let started = '';
    child.stdout.on('data', (chunk: Buffer) => {
      started += chunk.toString();
      this.#output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
    child.once('close', (code, signal) => {
      if (this.#child === child)
        process.stderr.write(`the server ended by itself (${code ?? signal}):\n${this.#output.slice(-4000)}\n`);
    });
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    while (!started.includes('\n')) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await this.kill();
        throw new Error(`the server did not start:\n${this.#output}`);
      }
      await sleep(20);
    }
    this.#url = /https?:\/\/\S+/.exec(started)?.[0] ?? '';
  }

  /** A client with a new token of the role. */
  async client(
    role: 'maintainer' | 'reader' = 'maintainer',
    name = `${role}-${Date.now().toString(36)}`,
  ): Promise<ApiClient> {
    const places = ['--config', this.#file, '--data-dir', this.dataDirectory];
    const args = ['token', 'create', ...places, '--name', name, '--role', role];
    const { code, stdout, stderr } = await run(...this.#launched(args));
    if (code !== 0) throw new Error(`no token: ${stderr}`);
    return new ApiClient(() => this.#url, stdout.toString().trim());
  }

  /** SIGSTOP: it does nothing until {@link resume}. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** SIGCONT */
  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** SIGKILL, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM; resolves with the exit code and the time it took. */
  async stop(): Promise<{ readonly code: number | null; readonly milliseconds: number }> {
    const before = Date.now();
    const code = await this.#end('SIGTERM');
    return { code, milliseconds: Date.now() - before };
  }

  /** Resolves with the exit code when the process has ended for a reason of the caller's. */
  ended(): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    return new Promise((resolve) => (child === undefined ? resolve(null) : child.once('close', resolve)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  get #file(): string {
    return join(this.directory, 'nautes.yaml');
  }

  #launched(args: readonly string[]): [program: string, args: string[]] {
    const [program = this.#command, ...rest] = [...this.#launcher, this.#command, ...args];
    return [program, rest];
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}
