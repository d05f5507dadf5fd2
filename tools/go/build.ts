import { run } from '../../src/base/programs/process.ts';

/** A program that a Go module of ours pins. */
export interface GoProgram {
  /** The folder of the go.mod that pins the program. */
  readonly module: string;
  readonly packagePath: string;
  /** Where the program goes. */
  readonly output: string;
  /** Values for `-X`, as `variable=value`. */
  readonly variables?: readonly string[];
  readonly tags?: readonly string[];
  /** True when the program has parts in C. */
  readonly hasC?: boolean;
}

/** Requirements of the go.mod files. */
const MINIMUM_GO = [1, 26] as const;
const STILL_BUSY_MILLISECONDS = 30_000;
/** Lines of the compiler's output that an error shows. */
const SHOWN_OUTPUT_LINES = 20;

const goEnvironment = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GO111MODULE: 'on' };
const environmentWithC = { ...goEnvironment, CGO_ENABLED: '1' };

/** Reports the progress of a build on the terminal. */
export class BuildReport {
  readonly #title: string;

  constructor(title: string) {
    this.#title = title;
  }

  say(text: string): void {
    console.log(`${this.#title}: ${text}`);
  }

  /** Shows that the action is running, and its duration. */
  async timed(title: string, action: () => Promise<void>): Promise<void> {
    const begin = Date.now();
    const elapsed = () => duration(Date.now() - begin);
    this.say(`${title} …`);
    const timer = setInterval(() => this.say(`${title} … (${elapsed()})`), STILL_BUSY_MILLISECONDS);
    try {
      await action();
      this.say(`${title} done in ${elapsed()}`);
    } finally {
      clearInterval(timer);
    }
  }

  /** Runs the build; an error is a message and the exit code 1, with `--optional` only a message. */
  async main(build: () => Promise<void>): Promise<void> {
    try {
      await build();
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      if (process.argv.includes('--optional')) this.say('the tests that need it are skipped');
      else process.exitCode = 1;
    }
  }
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Checks for a Go that is new enough, or that fetches a newer one by itself (GOTOOLCHAIN=auto).
 * @param module the folder of a go.mod, whose own demand counts too
 * @param alternative what else would do, e.g. `, or set SOMETHING`
 */
export async function requireGo(module: string, alternative = ''): Promise<void> {
  const remedy = `Install Go ${MINIMUM_GO.join('.')} or later (https://go.dev/dl)${alternative}.`;
  const found = await run('go', ['env', 'GOVERSION'], { directory: module, environment: goEnvironment }).catch(
    (error: unknown) => {
      throw new Error(`Go is not on the PATH. ${remedy}`, { cause: error });
    },
  );
  const version = found.stdout.toString().trim();
  if (found.code !== 0) throw new Error(`${found.stderr.trim()}\n${remedy}`);
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const tooOld = major < MINIMUM_GO[0] || (major === MINIMUM_GO[0] && minor < MINIMUM_GO[1]);
  if (tooOld) throw new Error(`Go is too old: ${version}. ${remedy}`);
}

/** Compiles one program, with nothing of this machine in it. */
export async function compile(program: GoProgram): Promise<void> {
  const { module, packagePath, output, variables = [], tags = [], hasC = false } = program;
  if (hasC) await requireCompiler();
  const linkerFlags = ['-s', '-w', ...variables.map((assignment) => `-X ${assignment}`)].join(' ');
  const flags = ['-mod=readonly', '-trimpath', `-tags=${tags.join(',')}`, `-ldflags=${linkerFlags}`];
  await go(module, ['build', ...flags, '-o', output, packagePath], hasC ? environmentWithC : goEnvironment);
}

async function requireCompiler(): Promise<void> {
  const { code } = await run('gcc', ['--version']).catch(() => ({ code: 1 }));
  if (code !== 0) throw new Error('a C compiler is needed: install gcc');
}

/** Runs the go command in a module and returns its output. */
export async function go(
  module: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = goEnvironment,
): Promise<string> {
  const result = await run('go', args, { directory: module, environment });
  if (result.code === 0) return result.stdout.toString();
  const output = result.stderr.trim().split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
  throw new Error(`go ${args[0]} failed:\n${output}`);
}
