/**
 * The whole story on this machine: a server with embedded defaults and simulated clusters; a physical worker, a host and
 * a virtual worker on it, registered through the HTTP API, watched until they are Ready, inspected, deleted. Uses a
 * fresh directory every time. With `--management 1` a third cluster is a management cluster, and what is published there is
 * shown.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../src/base/async/timing.ts';
import { run } from '../src/base/programs/process.ts';
import { Secret } from '../src/base/secret.ts';
import { NautesClient, Transport } from '../src/client/index.ts';
import type { EventView } from '../src/contract/views.ts';
import { printEvents } from './follow.ts';
import { managementEnvironment, prepareManagement, publishedObjects } from './management/management.ts';
import { formatReceipts, formatStatus, heading, note } from './print.ts';

const root = join(import.meta.dirname, '..');
const COMMAND = join(root, 'bin/nautes');
const [PHYSICAL, HOST, VIRTUAL] = ['cluster-physical', 'cluster-host', 'cluster-virtual'];
const NODE_PORT = 31_456;
const hasManagement = process.argv.includes('--management');
const START_TIMEOUT_MILLISECONDS = 30_000;
const PUBLISHED_TIMEOUT_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 200;

const children: ChildProcess[] = [];
const directory = await mkdtemp(join(tmpdir(), 'nautes-demo-'));
const interruption = new AbortController();
const { signal } = interruption;
const interrupted = once(signal, 'abort');
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());

try {
  await Promise.race([main(), interrupted.then(() => Promise.reject(new Error('interrupted')))]);
} catch (error) {
  console.error(`\ndemo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await Promise.all(children.map(end));
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

async function main(): Promise<void> {
  heading(`Starting ${hasManagement ? 'three' : 'two'} simulated clusters and the server`);
  const kubeconfigs = join(directory, 'clusters');
  const dataDirectory = join(directory, 'data');
  const clusters = hasManagement ? '3' : '2';
  note(await start(['sandbox', '--clusters', clusters, '--dir', kubeconfigs, '--workload-delay', '1500']));
  const management = join(kubeconfigs, 'cluster-3.kubeconfig');
  if (hasManagement) await prepareManagement(management, signal);
  const catalog = join(root, 'sandbox/stand-ins/catalog.yaml');
  const server = await start(['server', '--data-dir', dataDirectory, '--listen', '127.0.0.1:0'], {
    NAUTES_CATALOG_FILES: catalog,
    NAUTES_LOG_LEVEL: 'warn',
    ...(hasManagement ? managementEnvironment(management) : {}),
  });
  note(server);
  const url = /http:\/\/\S+/.exec(server)?.[0] ?? '';
  const token = await output([
    'token',
    'create',
    '--data-dir',
    dataDirectory,
    '--name',
    'demo',
    '--role',
    'maintainer',
  ]);
  const client = new NautesClient(new Transport({ server: url, userAgent: 'nautes-demo' }), () =>
    Promise.resolve(new Secret(token)),
  );

  const kubeconfig = (number: number) => readFile(join(kubeconfigs, `cluster-${number}.kubeconfig`), 'utf8');
  await registerWorker(client, await kubeconfig(1));
  await showCommit(join(dataDirectory, 'config-repo.git'));
  if (hasManagement) await showPublished(client, PHYSICAL, management);
  await registerVirtual(client, await kubeconfig(2));
  heading(`Status of ${VIRTUAL}`);
  note(formatStatus(await client.status(VIRTUAL, signal)));
  if (hasManagement) await showPublished(client, VIRTUAL, management);
  const isStaying = process.stdout.isTTY; // then there is something to look at
  await remove(client, isStaying ? [VIRTUAL, HOST] : [PHYSICAL, VIRTUAL, HOST]);
  if (isStaying) await stayUp(client, dataDirectory, join(kubeconfigs, 'cluster-1.kubeconfig'));
}

async function save(client: NautesClient, name: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const { message, commit } = await client.save(name, { cluster_kind: 'kubernetes', ...body }, { signal });
  note(`POST /api/v1/clusters/${name} → ${message} (commit ${commit.slice(0, 10)})`);
}

function serverOf(kubeconfig: string): string {
  return /server: (\S+)/.exec(kubeconfig)?.[1] ?? '';
}

async function registerWorker(client: NautesClient, kubeconfig: string): Promise<void> {
  const api_server = serverOf(kubeconfig);
  heading(`Registering ${api_server} as a physical worker`);
  await save(client, PHYSICAL, { api_server, cluster_type: 'physical', usage: 'worker', kubeconfig });
  await printEvents(client, isReady(PHYSICAL));
}

/** The virtual worker is saved right after its host: it waits for it, and reports that. */
async function registerVirtual(client: NautesClient, kubeconfig: string): Promise<void> {
  const server = serverOf(kubeconfig);
  const api_server = `https://${new URL(server).hostname}:${NODE_PORT}`;
  heading(`Registering ${server} as a host, and a virtual worker on it at ${api_server}`);
  await save(client, HOST, { api_server: server, cluster_type: 'physical', usage: 'host', kubeconfig });
  await save(client, VIRTUAL, { api_server, cluster_type: 'virtual', usage: 'worker', host_cluster: HOST });
  await printEvents(client, isReady(VIRTUAL));
}

function isReady(name: string): (event: EventView) => boolean {
  return ({ cluster, subject, reason }) => cluster === name && subject === 'Ready' && reason === 'Ready';
}

async function showCommit(repository: string): Promise<void> {
  heading('The commit in the tenant configuration repository');
  const log = await run('git', [
    '-C',
    repository,
    'show',
    '--stat',
    '--format=%h %an: %s%n%n%(trailers)',
    'main',
    '--',
  ]);
  note(log.stdout.toString().trimEnd());
}

async function remove(client: NautesClient, names: readonly string[]): Promise<void> {
  heading(`Deleting ${names.join(', ')}: the virtual worker before its host`);
  for (const name of names) {
    const { message, commit } = await client.delete(name, { signal });
    note(`DELETE /api/v1/clusters/${name} → ${message} (commit ${commit.slice(0, 10)})`);
  }
  const going = new Set(names);
  await printEvents(client, ({ cluster, reason }) => {
    if (reason.startsWith('Deleted')) going.delete(cluster);
    return going.size === 0;
  });
  heading('Receipts');
  note(formatReceipts(await Promise.all(names.map((name) => client.receipt(name, signal)))));
}

async function showPublished(client: NautesClient, name: string, management: string): Promise<void> {
  heading(`What the management cluster knows once ${name} is published`);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(PUBLISHED_TIMEOUT_MILLISECONDS)]);
  for (;;) {
    const { conditions } = await client.status(name, deadline);
    if (conditions.some(({ type, status }) => type === 'Published' && status === 'True')) break;
    await sleep(LOOK_MILLISECONDS, deadline);
  }
  note(await publishedObjects(management, signal));
}

/** On a terminal the demo stays up, with one cluster to look at. */
async function stayUp(client: NautesClient, dataDirectory: string, kubeconfig: string): Promise<void> {
  const url = client.server;
  const { path } = await client.loginLink(signal);
  heading(`${PHYSICAL} stays, and so does the server at ${url}, until Ctrl-C. In another terminal:`);
  note(`cd ${root}`);
  note(`export API_SERVER=${url}`);
  note(`export GIT_TOKEN=$(bin/nautes token create --data-dir ${dataDirectory} --name you --role maintainer)`);
  note(`bin/nautes get clusters`);
  note(`bin/nautes describe cluster ${PHYSICAL}`);
  note(`bin/nautes delete cluster ${PHYSICAL} --wait`);
  note(`kubectl --kubeconfig ${kubeconfig} get pods --all-namespaces`);
  note(`git clone ${join(dataDirectory, 'config-repo.git')}`);
  heading(`The API describes itself at ${url}/docs. The console, signed in once by this link within five minutes:`);
  note(`${url}${path}`);
  note(`later at ${url}/console, with the token above`);
  await interrupted;
}

/** Starts a long-running command of ours; resolves with its first line. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(COMMAND, [...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
    detached: true, // Ctrl-C is for us: we end our children in order
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nautes ${args[0]} did not start`)), START_TIMEOUT_MILLISECONDS);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.trim());
    });
    child.once('close', (code) => reject(new Error(`nautes ${args[0]} ended with ${code}`)));
  });
}

async function output(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(COMMAND, args);
  if (code !== 0) throw new Error(stderr.trim());
  return stdout.toString().trim();
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGTERM');
  });
}
