/**
 * Builds a Kubernetes control plane for tests from the Go module proxy, once a user and version. See README.md.
 */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../src/base/process.ts';
import { produceOnce } from '../cache/user-cache.ts';
import {
  assetsDirectory,
  binariesIn,
  builtDirectory,
  goModules,
  requiredVersion,
  STAGES_DIRECTORY,
} from './binaries.ts';

interface BuildStep {
  readonly program: string;
  readonly module: string;
  readonly packagePath: string;
  /** Values for `-X`, as `variable=value`. */
  readonly variables: readonly string[];
}

/** What the go.mod files ask for. */
const MINIMUM_GO = [1, 26] as const;
const STILL_BUSY_MILLISECONDS = 30_000;
/** Lines of the compiler's output that an error shows. */
const SHOWN_OUTPUT_LINES = 20;

const goEnvironment = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GO111MODULE: 'on' };

async function main(): Promise<void> {
  const assets = assetsDirectory();
  if (assets !== undefined) {
    if ((await binariesIn(assets)) === undefined)
      throw new Error(`KUBEBUILDER_ASSETS=${assets} has no kube-apiserver and etcd`);
    say(`nothing to build, KUBEBUILDER_ASSETS=${assets} is used`);
    return;
  }
  const directory = await builtDirectory();
  await produceOnce(directory, build, { onWait: () => say('another process is building it, waiting') });
  if ((await binariesIn(directory)) === undefined)
    throw new Error(`${directory} is incomplete: remove it and try again`);
  say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo();
  const steps = await buildSteps();
  say(`building ${steps.length} programs; the first time takes five to ten minutes on two processors`);
  const begin = Date.now();
  for (const [index, step] of steps.entries()) {
    await timed(`${index + 1}/${steps.length} ${step.program}`, () => compile(step, directory));
  }
  await copyStages(join(directory, STAGES_DIRECTORY));
  say(`built in ${duration(Date.now() - begin)}`);
}

async function buildSteps(): Promise<BuildStep[]> {
  const version = await requiredVersion(goModules.kubernetes, 'k8s.io/kubernetes');
  const [major, minor] = version.slice(1).split('.');
  const variables = [`gitVersion=${version}`, `gitMajor=${major}`, `gitMinor=${minor}`, 'gitTreeState=clean'];
  const kubernetes = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((program) => ({
    program,
    module: goModules.kubernetes,
    packagePath: `k8s.io/kubernetes/cmd/${program}`,
    variables: variables.map((assignment) => `k8s.io/component-base/version.${assignment}`),
  }));
  return [
    { program: 'etcd', module: goModules.etcd, packagePath: 'go.etcd.io/etcd/server/v3', variables: [] },
    ...kubernetes,
    { program: 'kwok', module: goModules.kwok, packagePath: 'sigs.k8s.io/kwok/cmd/kwok', variables: [] },
  ];
}

async function compile(step: BuildStep, directory: string): Promise<void> {
  const linkerFlags = ['-s', '-w', ...step.variables.map((assignment) => `-X ${assignment}`)].join(' ');
  await go(step.module, [
    'build',
    '-mod=readonly',
    '-trimpath',
    `-ldflags=${linkerFlags}`,
    '-o',
    join(directory, step.program),
    step.packagePath,
  ]);
}

/** The stages are part of kwok's module, not of its program. */
async function copyStages(directory: string): Promise<void> {
  const source = (await go(goModules.kwok, ['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'])).trim();
  await mkdir(directory);
  for (const kind of ['node', 'pod']) {
    const folder = join(source, 'kustomize/stage', kind, 'fast');
    const stages = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
    for (const name of stages) await copyFile(join(folder, name), join(directory, name));
  }
}

/** A Go that is new enough, or that fetches a newer one by itself (GOTOOLCHAIN=auto). */
async function requireGo(): Promise<void> {
  const remedy =
    `Install Go ${MINIMUM_GO.join('.')} or later (https://go.dev/dl), ` +
    'or set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd.';
  const found = await run('go', ['env', 'GOVERSION'], {
    directory: goModules.kubernetes,
    environment: goEnvironment,
  }).catch((error: unknown) => {
    throw new Error(`Go is not on the PATH. ${remedy}`, { cause: error });
  });
  const version = found.stdout.toString().trim();
  if (found.code !== 0) throw new Error(`${found.stderr.trim()}\n${remedy}`);
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  const tooOld = major < MINIMUM_GO[0] || (major === MINIMUM_GO[0] && minor < MINIMUM_GO[1]);
  if (tooOld) throw new Error(`Go is too old: ${version}. ${remedy}`);
}

/** Runs the go command in a module and gives what it printed. */
async function go(module: string, args: readonly string[]): Promise<string> {
  const result = await run('go', args, { directory: module, environment: goEnvironment });
  if (result.code === 0) return result.stdout.toString();
  const output = result.stderr.trim().split('\n').slice(-SHOWN_OUTPUT_LINES).join('\n');
  throw new Error(`go ${args[0]} failed:\n${output}`);
}

async function timed(title: string, action: () => Promise<void>): Promise<void> {
  const begin = Date.now();
  const elapsed = () => duration(Date.now() - begin);
  say(`${title} …`);
  const timer = setInterval(() => say(`${title} … (${elapsed()})`), STILL_BUSY_MILLISECONDS);
  try {
    await action();
    say(`${title} done in ${elapsed()}`);
  } finally {
    clearInterval(timer);
  }
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function say(text: string): void {
  console.log(`control plane: ${text}`);
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
