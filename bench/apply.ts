import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../src/base/programs/process.ts';
import { publishedManifest, publishedManifestsProblem } from '../test/harness/upstream-catalog.ts';
import {
  CONTROL_PLANE_NOT_BUILT,
  type ControlPlane,
  controlPlaneBinaries,
  startControlPlane,
} from '../tools/controlplane/control-plane.ts';
import { helmPath, Kubectl } from '../tools/kubectl/kubectl.ts';
import type { Benchmark } from './benchmark.ts';
import { type Figure, figureOf } from './figure.ts';
import type { BareResult } from './support/apply-bare.ts';
import type { ApplyResult } from './support/apply-ours.ts';
import { median } from './support/load.ts';

const ROUNDS = 3;
const NAMESPACE = 'argocd';
const MANIFEST = publishedManifest('argo-cd-v3.5.1.yaml');

/** Milliseconds of one contestant on a separate control plane. */
interface Times {
  readonly first: number;
  readonly again: number;
}

interface OurTimes extends Times {
  /** Of a running server. */
  readonly againWarm: number;
  readonly render: number;
  /** The whole process, with the start of Node. */
  readonly process: number;
}

interface BareTimes {
  readonly first: number;
  readonly send: number;
}

/** The Argo CD manifest on a real control plane, and again without a change. */
export const applyBenchmark: Benchmark = {
  name: 'apply',
  title: 'the Argo CD manifest on a fresh control plane and again, against kubectl, helm and a client without logic',
  async run({ directory, options, progress }) {
    const missing = (await controlPlaneBinaries()) === undefined ? CONTROL_PLANE_NOT_BUILT : undefined;
    const problem = missing ?? (await publishedManifestsProblem());
    if (problem !== undefined) throw new Error(problem);
    const ours: OurTimes[] = [];
    const bare: BareTimes[] = [];
    const kubectl: Times[] = [];
    const helm: Times[] = [];
    const rounds = options.rounds ?? ROUNDS;
    for (let round = 1; round <= rounds; round += 1) {
      progress(`round ${round} of ${rounds}`);
      const parent = join(directory, String(round));
      ours.push(await onFreshControlPlane(join(parent, 'ours'), measureOurs));
      bare.push(await onFreshControlPlane(join(parent, 'bare'), measureBare));
      kubectl.push(await onFreshControlPlane(join(parent, 'kubectl'), measureKubectl));
      helm.push(await onFreshControlPlane(join(parent, 'helm'), measureHelm));
    }
    return figuresOf(ours, bare, kubectl, helm);
  },
};

interface Place {
  readonly plane: ControlPlane;
  readonly directory: string;
  readonly kubeconfig: string;
}

async function onFreshControlPlane<T>(directory: string, measure: (place: Place) => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  await using plane = await startControlPlane();
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, plane.adminKubeconfig, { mode: 0o600 });
  return await measure({ plane, directory, kubeconfig });
}

async function measureOurs({ plane, directory, kubeconfig }: Place): Promise<OurTimes> {
  const args = [kubeconfig, plane.server, MANIFEST, directory];
  const started = performance.now();
  const first = await runProgram<ApplyResult>('apply-ours.ts', args);
  const process = performance.now() - started - first.againMilliseconds;
  const again = await runProgram<ApplyResult>('apply-ours.ts', args);
  if (first.applied === 0 || again.applied > 0) throw new Error(`${first.applied}, then ${again.applied} were applied`);
  return {
    first: first.milliseconds,
    again: again.milliseconds,
    againWarm: again.againMilliseconds,
    render: first.renderMilliseconds,
    process,
  };
}

async function measureBare({ plane, kubeconfig }: Place): Promise<BareTimes> {
  const { milliseconds, sendMilliseconds } = await runProgram<BareResult>('apply-bare.ts', [
    kubeconfig,
    plane.server,
    MANIFEST,
  ]);
  return { first: milliseconds, send: sendMilliseconds };
}

async function measureKubectl({ plane }: Place): Promise<Times> {
  await using kubectl = await Kubectl.open(plane.adminKubeconfig);
  await kubectl.output(['create', 'namespace', NAMESPACE]);
  const apply = () => kubectl.output(['apply', '--server-side', '--namespace', NAMESPACE, '--filename', MANIFEST]);
  return { first: await timed(apply), again: await timed(apply) };
}

/** The manifest goes through the template as it is: what looks like a template in it must not be taken for one. */
async function measureHelm({ directory, kubeconfig }: Place): Promise<Times> {
  const chart = join(directory, 'chart');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: argo-cd\nversion: 3.5.1\n');
  await copyFile(MANIFEST, join(chart, 'manifest.yaml'));
  await writeFile(join(chart, 'templates/all.yaml'), '{{ .Files.Get "manifest.yaml" }}\n');
  const program = await helmPath();
  const args = ['upgrade', '--install', 'argo-cd', chart, '--namespace', NAMESPACE, '--create-namespace'];
  const environment = { PATH: process.env['PATH'], HOME: directory, KUBECONFIG: kubeconfig };
  const apply = async (): Promise<void> => {
    const { code, stderr } = await run(program, args, { environment });
    if (code !== 0) throw new Error(`helm ended with ${code}: ${stderr}`);
  };
  return { first: await timed(apply), again: await timed(apply) };
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

async function runProgram<T>(name: string, args: readonly string[]): Promise<T> {
  const program = join(import.meta.dirname, 'support', name);
  const { code, stdout, stderr } = await run(process.execPath, [program, ...args]);
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout.toString()) as T;
}

function figuresOf(
  ours: readonly OurTimes[],
  bare: readonly BareTimes[],
  kubectl: readonly Times[],
  helm: readonly Times[],
): readonly Figure[] {
  const first = median(ours.map((times) => times.first));
  const again = median(ours.map((times) => times.again));
  const warm = median(ours.map((times) => times.againWarm));
  const kubectlFirst = median(kubectl.map((times) => times.first));
  const kubectlAgain = median(kubectl.map((times) => times.again));
  const milliseconds = { unit: 'ms' };
  return [
    figureOf({
      figure: 'first apply, against a client without logic from the same file',
      ...milliseconds,
      ours: first,
      baseline: median(bare.map((times) => times.first)),
      wanted: { of: 'ratio', atMost: 1.15 },
    }),
    figureOf({
      figure: 'the same, against that client with its requests at hand',
      ...milliseconds,
      ours: first,
      baseline: median(bare.map(({ send }) => send)),
    }),
    figureOf({
      figure: 'first apply, against kubectl apply --server-side',
      ...milliseconds,
      ours: first,
      baseline: kubectlFirst,
      wanted: { of: 'ratio', atMost: 0.75 },
    }),
    figureOf({
      figure: 'the same with the start of our process',
      ...milliseconds,
      ours: median(ours.map((times) => times.process)),
      baseline: kubectlFirst,
    }),
    figureOf({
      figure: 'first apply, against helm upgrade --install',
      ...milliseconds,
      ours: first,
      baseline: median(helm.map((times) => times.first)),
    }),
    figureOf({
      figure: 'of the first apply, reading the file',
      ...milliseconds,
      ours: median(ours.map(({ render }) => render)),
    }),
    figureOf({
      figure: 'no change, a new process, against kubectl apply --server-side',
      ...milliseconds,
      ours: again,
      baseline: kubectlAgain,
      wanted: { of: 'ratio', atMost: 0.05 },
    }),
    figureOf({
      figure: 'no change, a server that runs, against kubectl apply --server-side',
      ...milliseconds,
      ours: warm,
      baseline: kubectlAgain,
      wanted: { of: 'ratio', atMost: 0.05 },
    }),
    figureOf({
      figure: 'no change, a new process, against helm upgrade --install',
      ...milliseconds,
      ours: again,
      baseline: median(helm.map((times) => times.again)),
    }),
  ];
}
