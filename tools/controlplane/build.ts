/**
 * Builds a Kubernetes control plane for tests from the Go module proxy, once a user and version. See README.md.
 */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { produceOnce } from '../cache/user-cache.ts';
import { BuildReport, compile, duration, go, requireGo } from '../go/build.ts';
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

const report = new BuildReport('control plane');

async function main(): Promise<void> {
  const assets = assetsDirectory();
  if (assets !== undefined) {
    if ((await binariesIn(assets)) === undefined)
      throw new Error(`KUBEBUILDER_ASSETS=${assets} has no kube-apiserver and etcd`);
    report.say(`nothing to build, KUBEBUILDER_ASSETS=${assets} is used`);
    return;
  }
  const directory = await builtDirectory();
  await produceOnce(directory, build, { onWait: () => report.say('another process is building it, waiting') });
  if ((await binariesIn(directory)) === undefined)
    throw new Error(`${directory} is incomplete: remove it and try again`);
  report.say(`ready in ${directory}`);
}

async function build(directory: string): Promise<void> {
  await requireGo(goModules.kubernetes, ', or set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd');
  const steps = await buildSteps();
  report.say(`building ${steps.length} programs; the first time takes five to ten minutes on two processors`);
  const begin = Date.now();
  for (const [index, step] of steps.entries()) {
    const title = `${index + 1}/${steps.length} ${step.program}`;
    await report.timed(title, () => compile({ ...step, output: join(directory, step.program) }));
  }
  await copyStages(join(directory, STAGES_DIRECTORY));
  report.say(`built in ${duration(Date.now() - begin)}`);
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

await report.main(main);
