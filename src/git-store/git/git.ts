import { message } from '../../messages/message.ts';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { NautesError } from '../../errors/errors.ts';
import { type RunOptions, type RunResult, run } from '../../base/programs/process.ts';
import { type ProgramLimits, withLimits } from '../../base/programs/limits.ts';
import { directPrograms } from '../../base/programs/direct-programs.ts';
import { PackWriters } from './temporary-packs.ts';
import type { ProgramListener, Programs, RunningProgram } from '../../base/programs/programs.ts';

/** `cat-file --batch-command`, `GIT_CONFIG_COUNT` and protection of bare repositories need this one. */
const MINIMUM_VERSION = [2, 38] as const;

/** What each process of git, and each that it starts, may use: a peer's objects, and lists of them, end in its memory. */
const GIT_LIMITS: ProgramLimits = { memoryBytes: 384 * 1024 * 1024 };

/** Memory that git asks for at once, in its notation: an object that is not a file's content is there as a whole. */
const MAXIMUM_ALLOCATION = '128m';

/** What of the server's environment git and the programs it starts (ssh, the HTTP helper) may see. */
const PASSED_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO', // what git itself reads: the two above are not heeded by every build
  'GIT_SSL_CAPATH',
] as const;

/** Configuration of every run, above that of the repository. */
const CONFIGURATION: readonly (readonly [key: string, value: string])[] = [
  ['core.hooksPath', '/dev/null'], // hooks of the embedded repository are for pushes from outside
  ['core.bigFileThreshold', '4m'], // contents beyond are passed through, not held
  ['core.deltaBaseCacheLimit', '32m'],
  ['core.fsync', 'all'],
  ['credential.helper', ''],
  ['fetch.unpackLimit', '1'],
  ['gc.auto', '0'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '20'], // a transfer that stands still is given up
  ['http.sslVerify', 'true'],
  ['http.sslVersion', 'tlsv1.2'], // at least
  ['http.followRedirects', 'false'], // credentials go to the configured server only
  ['maintenance.auto', 'false'],
  ['protocol.ext.allow', 'never'],
  ['pack.threads', '1'], // packing runs beside saves
  ['pack.deltaCacheSize', '32m'],
  ['pack.window', '4'],
  ['pack.windowMemory', '64m'],
  ['repack.writeBitmaps', 'false'],
  ['safe.bareRepository', 'all'],
];

/** A run of git that failed; what it said is in the result, unfiltered. */
export class GitFailure extends Error {
  readonly result: RunResult;

  constructor(command: string, result: RunResult) {
    super(`git ${command} ended with code ${result.code}: ${result.stderr.trim().slice(0, 500)}`);
    this.name = 'GitFailure';
    this.result = result;
  }
}

export interface GitRunOptions extends RunOptions {
  /** Configuration of this run, above any other. */
  readonly configuration?: readonly (readonly [key: string, value: string])[];
  /** Environment variables of this run. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * Runs git on one repository, away from the configuration of the user and the machine.
 * No shell is involved; secrets go through the environment.
 */
export class Git {
  readonly directory: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #programs: Programs;
  readonly #packWriters: PackWriters;

  /**
   * @param variables additional environment, e.g. `GIT_SSL_CAINFO`
   * @param programs who starts what runs to its end
   */
  constructor(
    directory: string,
    variables: Readonly<Record<string, string>> = {},
    programs: Programs = directPrograms,
  ) {
    this.directory = directory;
    this.#programs = programs;
    this.#packWriters = new PackWriters(directory);
    this.#environment = { ...cleanEnvironment(), ...variables };
  }

  /** A variable as every run of git sees it. */
  variable(name: string): string | undefined {
    return this.#environment[name];
  }

  /** Runs to the end; a code other than 0 is a result. */
  run(args: readonly string[], options: GitRunOptions = {}): Promise<RunResult> {
    return run('git', this.#arguments(args), {
      programs: this.#programs,
      limits: GIT_LIMITS,
      ...options,
      directory: this.directory,
      environment: { ...this.#variables(options.configuration), ...options.variables },
    });
  }

  /** Runs a command that writes packs to the end. One that fails leaves none behind that is not complete. */
  runPacking(args: readonly string[], options: GitRunOptions = {}): Promise<RunResult> {
    return this.#packWriters.run(
      () => this.run(args, options),
      ({ code }) => code === 0,
    );
  }

  /** Runs to the end and gives what was printed. @throws GitFailure */
  async output(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    const result = await this.run(args, options);
    if (result.code !== 0) throw new GitFailure(args[0] ?? '', result);
    return result.stdout;
  }

  /** Starts a process that stays until its input ends. Signals of the terminal do not reach it. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    const [program, ...rest] = withLimits('git', this.#arguments(args), GIT_LIMITS);
    return spawn(program, rest, {
      detached: true,
      cwd: this.directory,
      env: this.#variables(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Starts git on another repository on this machine, with the configuration of that one. */
  startElsewhere(args: readonly string[], listener: ProgramListener): RunningProgram {
    return this.#programs.start('git', args, { environment: this.#environment }, listener);
  }

  /** Starts another program by which Git is spoken, with the same environment. */
  startProgram(program: string, args: readonly string[], listener: ProgramListener): RunningProgram {
    return this.#programs.start(program, args, { environment: this.#environment }, listener);
  }

  #arguments(args: readonly string[]): string[] {
    return [`--git-dir=${this.directory}`, ...args];
  }

  #variables(more: readonly (readonly [string, string])[] = []): Record<string, string> {
    const configuration = [...CONFIGURATION, ['safe.directory', this.directory] as const, ...more];
    const variables: Record<string, string> = {
      ...this.#environment,
      GIT_ALLOC_LIMIT: MAXIMUM_ALLOCATION,
      GIT_CONFIG_COUNT: String(configuration.length),
    };
    for (const [index, [key, value]] of configuration.entries()) {
      variables[`GIT_CONFIG_KEY_${index}`] = key;
      variables[`GIT_CONFIG_VALUE_${index}`] = value;
    }
    return variables;
  }
}

/** Resolves when the process is gone; it is killed when it does not go by itself within two seconds. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
  await once(child, 'close');
  clearTimeout(timer);
}

function cleanEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'false', // a remote over SSH brings its own
    LC_ALL: 'C',
  };
  for (const name of PASSED_VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** @throws NautesError `GitUnusable` when git is missing or too old */
export async function requireGit(signal: AbortSignal): Promise<void> {
  const needed = MINIMUM_VERSION.join('.');
  let printed: string;
  try {
    printed = (await run('git', ['version'], { environment: cleanEnvironment(), signal })).stdout.toString();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new NautesError('GitUnusable', { problem: message('GitUnusable.notStarted'), needed }, { cause: error });
  }
  const match = /^git version (\d+)\.(\d+)/.exec(printed);
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (major < MINIMUM_VERSION[0] || (major === MINIMUM_VERSION[0] && minor < MINIMUM_VERSION[1])) {
    throw new NautesError('GitUnusable', {
      problem: message('GitUnusable.version', { version: `${major}.${minor}` }),
      needed,
    });
  }
}
