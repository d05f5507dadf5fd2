import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NautesError } from '../base/errors.ts';
import { run, type RunResult } from '../base/process.ts';
import { withDeadline } from '../base/timing.ts';
import { parseYaml, stringifyYaml } from '../base/yaml.ts';
import type { ChartSource } from '../catalog/definition.ts';
import { isRecord } from '../kube/index.ts';
import type { SourceContent, SourceLoader } from './sources.ts';

const HELM_TIMEOUT_MILLISECONDS = 60_000;

/** Finds the helm program; `undefined` when there is none. */
export type HelmLocator = () => Promise<string | undefined>;

export interface ChartRendering {
  readonly component: string;
  readonly chart: ChartSource;
  readonly archive: SourceContent;
  readonly values: unknown;
  readonly namespace: string;
  /** Such as `1.34.2`; decides what the chart's templates see as capabilities. */
  readonly kubernetesVersion: string;
}

/** Finds the chart's archive through the index of its repository and loads it. */
export async function loadChart(
  chart: ChartSource,
  component: string,
  sources: SourceLoader,
  signal: AbortSignal,
): Promise<SourceContent> {
  const location = /^https?:/.test(chart.repository)
    ? await archiveAddress(chart, component, sources, signal)
    : join(chart.repository, `${chart.chart}-${chart.version}.tgz`);
  return sources.load(location, chart.sha256, component, signal);
}

async function archiveAddress(
  chart: ChartSource,
  component: string,
  sources: SourceLoader,
  signal: AbortSignal,
): Promise<string> {
  const repository = chart.repository.replace(/\/$/, '');
  if (chart.repository.endsWith('.tgz')) return chart.repository;
  const index = await sources.loadVolatile(`${repository}/index.yaml`, component, signal);
  const content = parseYaml(index.toString());
  const entries = isRecord(content) && isRecord(content.entries) ? content.entries[chart.chart] : undefined;
  const entry = (Array.isArray(entries) ? entries : []).find(
    (candidate: unknown) => isRecord(candidate) && candidate.version === chart.version,
  ) as unknown;
  const urls = isRecord(entry) && Array.isArray(entry.urls) ? entry.urls : [];
  const url: unknown = urls[0];
  if (typeof url !== 'string') {
    const problem = `${repository} has no ${chart.chart} ${chart.version}`;
    throw new NautesError('SourceInvalid', { component, problem });
  }
  return new URL(url, `${repository}/`).href;
}

/**
 * What `helm template` makes of a chart, as YAML. Helm sees no configuration, no cluster and no network.
 * It runs twice: a chart whose output differs between two runs (random passwords, dates) would drift for ever.
 * @throws NautesError `HelmMissing`, `HelmFailed`
 */
export async function renderChart(
  rendering: ChartRendering,
  locate: HelmLocator,
  signal: AbortSignal,
): Promise<string> {
  const { component } = rendering;
  const helm = await locate();
  if (helm === undefined) throw new NautesError('HelmMissing', { component });
  const directory = await mkdtemp(join(tmpdir(), 'nautes-helm-'));
  try {
    await writeFile(join(directory, 'chart.tgz'), rendering.archive.content);
    await writeFile(join(directory, 'values.yaml'), stringifyYaml(rendering.values));
    const first = await helmTemplate(helm, directory, rendering, signal);
    const second = await helmTemplate(helm, directory, rendering, signal);
    if (first !== second) {
      const problem = 'two renderings of the same chart with the same values differ';
      throw new NautesError('HelmFailed', { component, problem });
    }
    return first;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function helmTemplate(
  helm: string,
  directory: string,
  { component, chart, namespace, kubernetesVersion }: ChartRendering,
  signal: AbortSignal,
): Promise<string> {
  const args = ['template', '--namespace', namespace, '--include-crds', '--skip-tests', '--values', 'values.yaml'];
  args.push('--kube-version', kubernetesVersion, '--', chart.release, 'chart.tgz');
  const environment = {
    PATH: process.env.PATH,
    HOME: directory,
    HELM_CACHE_HOME: directory,
    HELM_CONFIG_HOME: directory,
  };
  const result: RunResult = await run(helm, args, {
    directory,
    environment: { ...environment, HELM_DATA_HOME: directory, KUBECONFIG: '/dev/null' },
    signal: withDeadline(signal, HELM_TIMEOUT_MILLISECONDS),
  });
  if (result.code === 0) return result.stdout.toString();
  const problem = result.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? `exit code ${result.code}`;
  throw new NautesError('HelmFailed', { component, problem });
}

/** Hooks of these kinds do not belong to what an installation consists of. */
const DROPPED_HOOKS = ['test', 'delete', 'rollback'];

/** True for objects that a chart means for tests, removals and rollbacks only (Helm chart hooks). */
export function isDroppedHook(annotations: Readonly<Record<string, string>> | undefined): boolean {
  const hooks = (annotations?.['helm.sh/hook'] ?? '')
    .split(',')
    .map((hook) => hook.trim())
    .filter(Boolean);
  return hooks.length > 0 && hooks.every((hook) => DROPPED_HOOKS.some((dropped) => hook.includes(dropped)));
}
