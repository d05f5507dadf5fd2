import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';

/**
 * Runs the program named by the arguments, kills it at the end of the pipe on standard input, exits with its code and
 * leaves no child.
 */
const SUPERVISE = `
exec 3<&0
"$@" 3<&- </dev/null & program=$!
{ read -r _ <&3; kill -9 "$program"; } 2>/dev/null & watcher=$!
wait "$program"; code=$?
{ kill -9 "$watcher"; wait "$watcher"; } 2>/dev/null
exit "$code"`;

const SHOWN_LOG_LINES = 15;

export interface SupervisedProcessOptions {
  /** For messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Receives both output streams; appended to when it exists. */
  readonly logFile: string;
}

/** A program that ends with this process, however this process ends (also by `kill -9`), and does not keep it alive. */
export class SupervisedProcess {
  readonly name: string;
  /** All its processes are in this group. */
  readonly processGroup: number;
  readonly #logFile: string;
  readonly #shell: PipedShell;

  private constructor(options: SupervisedProcessOptions, shell: PipedShell) {
    this.name = options.name;
    this.processGroup = shell.processGroup;
    this.#logFile = options.logFile;
    this.#shell = shell;
  }

  static async start(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
    const log = await open(options.logFile, 'a', 0o600);
    try {
      return new SupervisedProcess(
        options,
        await PipedShell.start(SUPERVISE, [options.program, ...options.args], log.fd),
      );
    } finally {
      await log.close();
    }
  }

  get running(): boolean {
    return this.#shell.running;
  }

  /** Kills the program; resolves when no process is left. */
  async kill(): Promise<void> {
    await this.#shell.closePipe();
  }

  /** The end of the log, for error messages. */
  async logTail(): Promise<string> {
    const text = await readFile(this.#logFile, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-SHOWN_LOG_LINES).join('\n');
  }
}

/**
 * A shell script with the reading end of a pipe as standard input. Only this process has the writing end, so the script
 * learns of its end in any case. The shell leads a process group and session of its own, and does not keep this process
 * alive.
 */
export class PipedShell {
  readonly #shell: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(shell: ChildProcess) {
    this.#shell = shell;
    this.#exited = once(shell, 'exit');
  }

  static async start(script: string, args: readonly string[], output: number | 'ignore'): Promise<PipedShell> {
    const shell = spawn('/bin/sh', ['-c', script, 'sh', ...args], { stdio: ['pipe', output, output], detached: true });
    shell.stdin?.on('error', () => {}); // the script may end first
    await once(shell, 'spawn');
    shell.unref();
    return new PipedShell(shell);
  }

  get processGroup(): number {
    return this.#shell.pid ?? 0;
  }

  get running(): boolean {
    return this.#shell.exitCode === null && this.#shell.signalCode === null;
  }

  /** Closes the pipe and waits for the script to end. */
  async closePipe(): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin?.destroy();
    await this.#exited;
  }
}
