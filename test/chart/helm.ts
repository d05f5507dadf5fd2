import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/base/programs/process.ts';
import { stringifyYaml } from '../../src/base/yaml.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { parseManifest } from '../../src/kube-objects/manifest.ts';
import { helmPath, isPlatformSupported } from '../../tools/kubectl/kubectl.ts';

export const CHART = join(import.meta.dirname, '../../deploy/chart');

/** Why the tests of the chart are skipped; `undefined` when they can run. */
export const helmMissing = await helmPath().then(
  () => undefined,
  () => (isPlatformSupported() ? 'helm could not be installed' : 'helm is not on the PATH'),
);

export type ChartValues = Readonly<Record<string, unknown>>;

export interface HelmResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HelmOptions {
  readonly values?: ChartValues;
  /** Text of a kubeconfig; none by default, so that no cluster is asked. */
  readonly kubeconfig?: string;
}

/** Runs helm with a home of its own and a file of values. */
export async function helm(args: readonly string[], { values = {}, kubeconfig = '' }: HelmOptions = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-helm-'));
  try {
    const [file, config] = [join(directory, 'values.yaml'), join(directory, 'kubeconfig')];
    await Promise.all([writeFile(file, stringifyYaml(values)), writeFile(config, kubeconfig, { mode: 0o600 })]);
    const environment = { PATH: process.env['PATH'], HOME: directory, KUBECONFIG: config };
    const takesValues = ['template', 'install', 'upgrade', 'lint'].includes(args[0] ?? '');
    const all = takesValues ? [...args, '--values', file] : args;
    const { code, stdout, stderr } = await run(await helmPath(), all, { environment });
    return { code, stdout: stdout.toString(), stderr: withoutLinks(stderr) } satisfies HelmResult;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The chart refers to folders of the repository by symbolic links, which helm mentions. */
function withoutLinks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.includes('found symbolic link'))
    .join('\n');
}

export const NAMESPACE = 'fleet';

/** The objects of the release `nautes` in the namespace {@link NAMESPACE}. @throws Error with helm's words */
export async function renderChart(values: ChartValues = {}, args: readonly string[] = []): Promise<Rendered> {
  const { code, stdout, stderr } = await helm(['template', 'nautes', CHART, '--namespace', NAMESPACE, ...args], {
    values,
  });
  if (code !== 0) throw new Error(stderr);
  return new Rendered(parseManifest(stdout));
}

/** What helm says about values that it refuses; fails when it accepts them. */
export async function refusal(values: ChartValues): Promise<string> {
  const { code, stderr } = await helm(['template', 'nautes', CHART], { values });
  if (code === 0) throw new Error('the values were accepted');
  return stderr;
}

/** The objects of a release. */
export class Rendered {
  readonly objects: readonly KubeObject[];

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
  }

  /** Those of a kind. */
  all(kind: string): readonly KubeObject[] {
    return this.objects.filter((object) => object.kind === kind);
  }

  /** The one of a kind, or of a kind and a name. */
  one(kind: string, name?: string): KubeObject {
    const found = this.all(kind).filter(({ metadata }) => name === undefined || metadata.name === name);
    const [object] = found;
    if (object === undefined || found.length > 1) throw new Error(`${found.length} objects of ${kind} ${name ?? ''}`);
    return object;
  }

  /** `Kind name` of every object. */
  get names(): readonly string[] {
    return this.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  }

  /** The configuration file in the ConfigMap. */
  get configuration(): string {
    return textAt(this.one('ConfigMap', 'nautes'), 'data', 'nautes.yaml');
  }
}

/** The value at a path of fields and indexes, `undefined` where there is none. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => {
    if (typeof found !== 'object' || found === null) return undefined;
    return Reflect.get(found, key);
  }, value);
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = valueAt(value, ...path);
  if (typeof found !== 'string') throw new Error(`no text at ${path.join('.')}`);
  return found;
}

/** The elements at a path; none where there is no list. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}
