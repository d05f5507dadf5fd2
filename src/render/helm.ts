import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NautesError } from '../errors/errors.ts';
import { message, quoted } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { run, type RunResult } from '../base/programs/process.ts';
import { withDeadline } from '../base/async/timing.ts';
import { ConcurrencyLimit } from '../base/async/concurrency.ts';

const HELM_TIMEOUT_MILLISECONDS = 60_000;
/** Concurrent renderings; each takes a processor and some 50 MB. */
const MAXIMUM_RENDERINGS = 2;
const MAXIMUM_PROBLEM_LENGTH = 300;

/** Finds the helm program; `undefined` when there is none. */
export type HelmLocator = () => Promise<string | undefined>;

/** Everything that determines the result of a rendering. */
export interface ChartRendering {
  readonly release: string;
  readonly values: unknown;
  readonly namespace: string;
  /** Such as `1.34.2`: `.Capabilities.KubeVersion`. */
  readonly kubernetesVersion: string;
  /** `.Capabilities.APIVersions` besides those of Kubernetes itself. */
  readonly apiVersions: readonly string[];
}

interface HelmProgram {
  readonly path: string;
  readonly version: string;
}

/** Helm, only as a renderer: it has no configuration, cluster, plugins or network. */
export class Helm {
  readonly #locate: HelmLocator;
  readonly #directory: string;
  readonly #places = new ConcurrencyLimit(MAXIMUM_RENDERINGS);
  #program: Promise<HelmProgram> | undefined;

  /** @param directory where it has its temporary files */
  constructor(locate: HelmLocator, directory: string) {
    this.#locate = locate;
    this.#directory = directory;
  }

  /**
   * The program's version, such as `v4.1.4`; the program is looked up until it is found, then cached.
   * @throws NautesError `HelmMissing`, `HelmFailed`
   */
  async version(component: string, signal: AbortSignal): Promise<string> {
    return (await this.#found(component, signal)).version;
  }

  /**
   * The output of `helm template` for a chart archive, as YAML. It runs twice: a chart whose output differs between two
   * runs (random passwords, dates) would drift forever.
   * @throws NautesError `HelmMissing`, `HelmFailed`, `ChartNotReproducible`
   */
  async template(
    archive: Uint8Array,
    rendering: ChartRendering,
    component: string,
    signal: AbortSignal,
  ): Promise<string> {
    const { path } = await this.#found(component, signal);
    const work = (directory: string) => templateTwice(path, archive, rendering, { component, directory, signal });
    return this.#places.run(() => this.#inDirectory(work), signal);
  }

  async #found(component: string, signal: AbortSignal): Promise<HelmProgram> {
    this.#program ??= this.#find(component, signal);
    try {
      return await this.#program;
    } catch (error) {
      this.#program = undefined;
      throw error;
    }
  }

  async #find(component: string, signal: AbortSignal): Promise<HelmProgram> {
    const path = await this.#locate();
    if (path === undefined) throw new NautesError('HelmMissing', { component });
    const version = await this.#inDirectory((directory) =>
      runHelm(path, ['version', '--template', '{{ .Version }}'], directory, component, signal),
    );
    return { path, version: version.trim() };
  }

  async #inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
    const directory = await mkdtemp(join(this.#directory, 'nautes-helm-'));
    try {
      return await work(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

interface TemplateRun {
  readonly component: string;
  readonly directory: string;
  readonly signal: AbortSignal;
}

async function templateTwice(
  helm: string,
  archive: Uint8Array,
  rendering: ChartRendering,
  { component, directory, signal }: TemplateRun,
): Promise<string> {
  await writeFile(join(directory, 'chart.tgz'), archive);
  await writeFile(join(directory, 'values.json'), JSON.stringify(rendering.values)); // JSON is YAML
  const args = templateArguments(rendering);
  const first = await runHelm(helm, args, directory, component, signal);
  if (first === (await runHelm(helm, args, directory, component, signal))) return first;
  throw new NautesError('ChartNotReproducible', { component });
}

function templateArguments(rendering: ChartRendering): string[] {
  const args = ['template', '--namespace', rendering.namespace, '--include-crds', '--skip-tests'];
  args.push('--values', 'values.json', '--kube-version', rendering.kubernetesVersion);
  for (const version of rendering.apiVersions) args.push('--api-versions', version);
  return [...args, '--', rendering.release, 'chart.tgz'];
}

async function runHelm(
  helm: string,
  args: readonly string[],
  directory: string,
  component: string,
  signal: AbortSignal,
): Promise<string> {
  const environment = {
    HOME: directory,
    HELM_CACHE_HOME: directory,
    HELM_CONFIG_HOME: directory,
    HELM_DATA_HOME: directory,
    KUBECONFIG: '/dev/null',
  };
  const deadline = withDeadline(signal, HELM_TIMEOUT_MILLISECONDS);
  let result: RunResult;
  try {
    result = await run(helm, args, { directory, environment, signal: deadline });
  } catch (error) {
    signal.throwIfAborted();
    const problem = message(deadline.aborted ? 'HelmFailed.late' : 'HelmFailed.notRun');
    throw new NautesError('HelmFailed', { component, problem }, { cause: error });
  }
  if (result.code === 0) return result.stdout.toString();
  throw new NautesError('HelmFailed', { component, problem: problemOf(result.stderr) });
}

/** Helm's error as one line, without its advice on debugging. */
function problemOf(stderr: string): Message {
  const [said = ''] = stderr.trim().split('\n\nUse --debug');
  const problem = said.replace(/^[^]*?Error: /, '').replace(/\s+/g, ' ');
  return problem === '' ? message('HelmFailed.silent') : quoted(problem.slice(0, MAXIMUM_PROBLEM_LENGTH));
}

/** Hooks that are not part of an installation (Helm documentation, "Chart Hooks"). */
const DROPPED_HOOKS = new Set([
  'test',
  'test-success',
  'test-failure',
  'pre-delete',
  'post-delete',
  'pre-rollback',
  'post-rollback',
]);

/** True for objects that a chart has for tests, removals and rollbacks only. */
export function isDroppedHook(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const hooks = (annotations?.['helm.sh/hook'] ?? '').split(',').map((hook) => hook.trim());
  const named = hooks.filter(Boolean);
  return named.length > 0 && named.every((hook) => DROPPED_HOOKS.has(hook));
}
