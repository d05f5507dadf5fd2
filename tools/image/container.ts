import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type RunResult } from '../../src/base/programs/process.ts';
import type { BuiltImage } from './build-image.ts';

/** The parts of a runtime configuration (OCI runtime specification) that are changed here. */
interface RuntimeConfiguration {
  readonly process: { readonly user: { readonly uid: number; readonly gid: number }; readonly env: readonly string[] };
  readonly mounts: readonly { readonly destination: string }[];
}

/** Where the container may write, and nowhere else. */
const DATA = '/var/lib/nautes';
const NO_CAPABILITIES = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] };
/** Mounts that would be writable, or that runc cannot make without cgroups of its own. */
const LEFT_OUT = new Set(['/sys/fs/cgroup', '/dev/shm', '/dev/mqueue', DATA]);
const EXEC_MILLISECONDS = 120_000;

/**
 * A container of an image as a careful cluster runs it, by runc: root file system read-only, no capabilities, no new
 * privileges, a network of its own with loopback only, and one writable mount, which stays when it is started again.
 */
export class Container implements AsyncDisposable {
  readonly #directory: string;
  readonly #id = `nautes-test-${randomBytes(4).toString('hex')}`;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Unpacks the image; {@link start} starts it. @param variables of the environment, besides those of the image */
  static async create(image: BuiltImage, variables: Readonly<Record<string, string>>): Promise<Container> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-container-'));
    const container = new Container(directory);
    const bundle = join(directory, 'bundle');
    const unpacked = await run('umoci', ['unpack', '--image', `${image.layout}:${image.tag}`, bundle]);
    if (unpacked.code !== 0) throw new Error(`umoci unpack failed: ${unpacked.stderr}`);
    const file = join(bundle, 'config.json');
    const configuration = JSON.parse(await readFile(file, 'utf8')) as RuntimeConfiguration; // umoci's
    const { uid, gid } = configuration.process.user;
    await mkdir(container.data);
    await chown(container.data, uid, gid);
    await writeFile(file, JSON.stringify(restricted(configuration, container.data, variables)));
    return container;
  }

  /** The writable mount, seen from outside. */
  get data(): string {
    return join(this.#directory, 'data');
  }

  /** What the container has printed, also before it was started again. */
  get output(): string {
    return this.#output;
  }

  /** Starts its command, or starts it again. */
  start(): void {
    const child = spawn('runc', ['run', '--bundle', join(this.#directory, 'bundle'), this.#id], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (chunk: Buffer): void => {
      this.#output += chunk.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    this.#child = child;
  }

  /** Runs another program in the container to its end. */
  exec(args: readonly string[], input = ''): Promise<RunResult> {
    const signal = AbortSignal.timeout(EXEC_MILLISECONDS);
    return run('runc', ['exec', this.#id, ...args], { input, signal });
  }

  /** Runs another program in the container as long as that runs. */
  execBeside(args: readonly string[]): void {
    spawn('runc', ['exec', this.#id, ...args], { stdio: 'ignore' });
  }

  /** Sends a signal to its first process; resolves with the exit code of the container. */
  async end(signal: 'TERM' | 'KILL'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return null;
    const ended = new Promise<number | null>((resolve) => {
      if (child.exitCode === null) child.once('close', resolve);
      else resolve(child.exitCode);
    });
    await run('runc', ['kill', this.#id, signal]);
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('KILL');
    await run('runc', ['delete', '--force', this.#id]);
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function restricted(
  configuration: RuntimeConfiguration,
  data: string,
  variables: Readonly<Record<string, string>>,
): object {
  const { process, mounts } = configuration;
  const { rlimits: _, ...rest } = process as typeof process & { readonly rlimits?: unknown };
  const env = [...process.env, ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
  const mount = { destination: DATA, type: 'bind', source: data, options: ['bind', 'rw', 'nosuid', 'nodev', 'noexec'] };
  return {
    ...configuration,
    process: { ...rest, env, terminal: false, noNewPrivileges: true, capabilities: NO_CAPABILITIES },
    root: { path: 'rootfs', readonly: true },
    mounts: [...mounts.filter(({ destination }) => !LEFT_OUT.has(destination)), mount],
  };
}
