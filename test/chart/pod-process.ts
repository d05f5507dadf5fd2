import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sleep } from '../../src/base/async/timing.ts';
import { run } from '../../src/base/programs/process.ts';
import type { Kubectl } from '../../tools/kubectl/kubectl.ts';
import type { ControlPlane } from '../../tools/controlplane/control-plane.ts';
import { ApiClient } from '../harness/api-client.ts';
import { PATIENCE_MILLISECONDS } from '../harness/wait-until.ts';
import { listAt, textAt, valueAt } from './helm.ts';

const COMMAND = join(import.meta.dirname, '../../bin/nautes');
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Absolute paths of the container that are moved below a folder of the test. */
const MOVED_PATHS = /(^|[\s"'=])(\/(?:etc\/nautes|var\/lib\/nautes|var\/run\/secrets)\b)/g;

export interface PodProcessOptions {
  readonly plane: ControlPlane;
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly pod: string;
  /** Besides those of the container. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * The server as a Pod would run it: with its arguments, its environment, its files and the token of its service account,
 * all read from the API server. What is absolute in the container is below a folder here, and it listens on loopback.
 */
export class PodProcess implements AsyncDisposable {
  readonly directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #child: ChildProcess;
  #output = '';
  #printed = '';

  private constructor(directory: string, environment: NodeJS.ProcessEnv, child: ChildProcess) {
    this.directory = directory;
    this.#environment = environment;
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#printed += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString();
    });
  }

  static async start(options: PodProcessOptions): Promise<PodProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'nautes-pod-'));
    const found = await readPod(options);
    await writeVolumes(options, found, directory);
    const { hostname, port } = new URL(options.plane.server);
    const environment = {
      PATH: process.env['PATH'],
      HOME: directory,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      ...environmentOf(found),
      NAUTES_METRICS_LISTEN: '127.0.0.1:0',
      NAUTES_MANAGEMENT_SERVICE_ACCOUNT_DIRECTORY: join(directory, SERVICE_ACCOUNT),
      ...options.environment,
    };
    const args = listAt(found, 'spec', 'containers', 0, 'args').map(String);
    const moved = args.map((text) => belowDirectory(text, directory));
    const child = spawn(COMMAND, [...moved, '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      cwd: directory,
    });
    const started = new PodProcess(directory, environment, child);
    await started.#untilListening();
    return started;
  }

  /** What it has logged. */
  get output(): string {
    return this.#output;
  }

  /** Where the API is served; empty with the role `controllers`. */
  get url(): string {
    return /https?:\/\/\S+/.exec(this.#printed)?.[0] ?? '';
  }

  /** Where metrics and health are served without a token. */
  get metricsUrl(): string {
    return /"url":"(http:[^"]+\/metrics)"/.exec(this.#output)?.[1] ?? '';
  }

  /** The token of its service account. */
  async serviceAccountToken(): Promise<string> {
    return readFile(join(this.directory, SERVICE_ACCOUNT, 'token'), 'utf8');
  }

  /** A client of another process with the token of this one's client. */
  as(other: ApiClient): ApiClient {
    return new ApiClient(() => this.url, other.token);
  }

  /** A client with a new token, made as the notes of the chart say. */
  async client(name: string): Promise<ApiClient> {
    const config = join(this.directory, 'etc/nautes/nautes.yaml');
    const args = ['token', 'create', '--config', config, '--name', name, '--role', 'maintainer'];
    const { code, stdout, stderr } = await run(COMMAND, args, { environment: this.#environment });
    if (code !== 0) throw new Error(`no token: ${stderr}`);
    return new ApiClient(() => this.url, stdout.toString().trim());
  }

  /** SIGTERM; the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #untilListening(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    while (!this.#printed.includes('\n')) {
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        const { output } = this;
        await this[Symbol.asyncDispose]();
        throw new Error(`the server did not start:\n${output}`);
      }
      await sleep(20);
    }
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}

async function readPod({ kubectl, namespace, pod }: PodProcessOptions): Promise<unknown> {
  return JSON.parse(await kubectl.output(['get', 'pod', pod, '--namespace', namespace, '--output', 'json'])) as unknown;
}

/** The variables with a value, and those of a field of the Pod's metadata. */
function environmentOf(pod: unknown): Readonly<Record<string, string>> {
  const entries = listAt(pod, 'spec', 'containers', 0, 'env').map((entry) => {
    const field = valueAt(entry, 'valueFrom', 'fieldRef', 'fieldPath');
    const value = typeof field === 'string' ? valueAt(pod, ...field.split('.')) : valueAt(entry, 'value');
    return [textAt(entry, 'name'), String(value)] as const;
  });
  return Object.fromEntries(entries);
}

/** Writes every file that the kubelet would mount. */
async function writeVolumes(options: PodProcessOptions, pod: unknown, directory: string): Promise<void> {
  const volumes = new Map(listAt(pod, 'spec', 'volumes').map((volume) => [valueAt(volume, 'name'), volume]));
  for (const mount of listAt(pod, 'spec', 'containers', 0, 'volumeMounts')) {
    const files = await filesOf(options, pod, volumes.get(valueAt(mount, 'name')));
    const subPath = valueAt(mount, 'subPath');
    for (const [name, content] of Object.entries(files)) {
      const path = subPath === name ? textAt(mount, 'mountPath') : join(textAt(mount, 'mountPath'), name);
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), belowDirectory(content, directory), { mode: 0o600 });
    }
  }
}

async function filesOf(options: PodProcessOptions, pod: unknown, volume: unknown): Promise<Record<string, string>> {
  const { kubectl, namespace } = options;
  const data = async (kind: string, name: string): Promise<unknown> => {
    const text = await kubectl.output(['get', kind, name, '--namespace', namespace, '--output', 'json']);
    return valueAt(JSON.parse(text), 'data');
  };
  const configMap = valueAt(volume, 'configMap', 'name');
  if (typeof configMap === 'string') return textsOf(await data('configmap', configMap));
  const secret = valueAt(volume, 'secret', 'secretName');
  if (typeof secret === 'string')
    return named(decoded(await data('secret', secret)), listAt(volume, 'secret', 'items'));
  if (valueAt(volume, 'projected') === undefined) return {};
  const root = textsOf(await data('configmap', 'kube-root-ca.crt'));
  return { token: await boundToken(options, pod), 'ca.crt': root['ca.crt'] ?? '', namespace };
}

/** What the projected volume would have: a token that ends with the Pod. */
async function boundToken({ kubectl, namespace, pod: name }: PodProcessOptions, pod: unknown): Promise<string> {
  const account = textAt(pod, 'spec', 'serviceAccountName');
  const bound = ['--bound-object-kind', 'Pod', '--bound-object-name', name];
  const uid = ['--bound-object-uid', textAt(pod, 'metadata', 'uid')];
  return (await kubectl.output(['create', 'token', account, '--namespace', namespace, ...bound, ...uid])).trim();
}

function textsOf(data: unknown): Record<string, string> {
  const entries = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function decoded(data: unknown): Record<string, string> {
  const entries = Object.entries(textsOf(data));
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]));
}

/** The files that the items name; all without items. */
function named(files: Record<string, string>, items: readonly unknown[]): Record<string, string> {
  if (items.length === 0) return files;
  return Object.fromEntries(items.map((item) => [textAt(item, 'path'), files[textAt(item, 'key')] ?? '']));
}

function belowDirectory(text: string, directory: string): string {
  return text.replaceAll(MOVED_PATHS, (_, before: string, path: string) => `${before}${directory}${path}`);
}
