import { run } from '../../src/base/process.ts';

/** A module of ours that pins what is built, and how messages about it begin. */
export interface GoBuild {
  /** What is built, e.g. `control plane`. */
  readonly title: string;
  /** Folder of the go.mod. */
  readonly module: string;
  /** The oldest Go that the go.mod accepts. */
  readonly minimum: readonly [major: number, minor: number];
  /** What else than a newer Go helps, as a sentence; may be empty. */
  readonly alternative: string;
  /** True when the program has parts in C. */
  readonly needsC?: boolean;
}

const STILL_BUSY_MILLISECONDS = 30_000;
/** Lines of the compiler's output that an error shows. */
const SHOWN_OUTPUT_LINES = 20;

/** @throws Error with what to do when there is no Go that is new enough, or that fetches a newer one by itself */
export async function requireGo(build: GoBuild): Promise<void> {
  const [neededMajor, neededMinor] = build.minimum;
  const remedy = `Install Go ${neededMajor}.${neededMinor} or later (https://go.dev/dl)${build.alternative}.`;
  const found = await run('go', ['env', 'GOVERSION'], {
    directory: build.module,
    environment: goEnvironment(build),
  }).catch((error: unknown) => {
    throw new Error(`Go is not on the PATH. ${remedy}`, { cause: error });
  });
  const version = found.stdout.toString().trim();
  if (found.code !== 0) throw new Error(`${found.stderr.trim()}\n${remedy}`);
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const tooOld = major < neededMajor || (major === neededMajor && minor < neededMinor);
  if (tooOld) throw new Error(`Go is too old: ${version}. ${remedy}`);
  if (build.needsC === true) await requireCompiler();
}

async function requireCompiler(): Promise<void> {
  const { code } = await run('gcc', ['--version']).catch(() => ({ code: 1 }));
  if (code !== 0) throw new Error('a C compiler is needed: install gcc');
}

/** Runs the go command in a module and gives what it printed. */
export async function go(build: GoBuild, args: readonly string[]): Promise<string> {
  const result = await run('go', args, { directory: build.module, environment: goEnvironment(build) });
  if (result.code === 0) return result.stdout.toString();
  const output = result.stderr.trim().split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
  throw new Error(`go ${args[0]} failed:\n${output}`);
}

function goEnvironment({ needsC }: GoBuild): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: needsC === true ? '1' : '0', GOWORK: 'off', GO111MODULE: 'on' };
}

/** Says on the terminal how a step goes on; steps take minutes. */
export async function timed<T>(title: string, step: string, action: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  const elapsed = () => duration(Date.now() - begin);
  const say = (text: string): void => console.log(`${title}: ${text}`);
  say(`${step} …`);
  const timer = setInterval(() => say(`${step} … (${elapsed()})`), STILL_BUSY_MILLISECONDS);
  try {
    const result = await action();
    say(`${step} done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
