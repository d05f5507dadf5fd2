/**
 * A client without any logic in a process of its own: sends the objects of a manifest, CRDs first, the others in
 * parallel, and looks at nothing. Arguments: kubeconfig, server, manifest. Writes one line of JSON.
 */
import { readFile } from 'node:fs/promises';
import { Agent } from 'undici';
import { parseYaml } from '../../src/base/yaml.ts';
import { parseManifest, withDefaultNamespace } from '../../src/kube-objects/manifest.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';

export interface BareResult {
  /** From the bytes of the file to the last answer. */
  readonly milliseconds: number;
  /** Of it, from the first request on. */
  readonly sendMilliseconds: number;
  readonly objects: number;
}

const NAMESPACE = 'argocd';
const CONNECTIONS = 8;
const IN_FLIGHT = 16;
const CLUSTER_SCOPED = new Set(['CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding', 'Namespace']);

interface Kubeconfig {
  readonly clusters: readonly { cluster: { 'certificate-authority-data': string } }[];
  readonly users: readonly { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

interface Sent {
  readonly path: string;
  readonly body: string;
}

const [kubeconfigFile = '', server = '', manifest = ''] = process.argv.slice(2);
const { clusters, users } = parseYaml(await readFile(kubeconfigFile, 'utf8')) as Kubeconfig;
const decoded = (base64 = ''): string => Buffer.from(base64, 'base64').toString();
const agent = new Agent({
  allowH2: false,
  connections: CONNECTIONS,
  connect: {
    ca: decoded(clusters[0]?.cluster['certificate-authority-data']),
    cert: decoded(users[0]?.user['client-certificate-data']),
    key: decoded(users[0]?.user['client-key-data']),
  },
});

function requestOf(object: KubeObject): Sent {
  const { apiVersion, kind, metadata } = object;
  const kinds = kind.toLowerCase();
  const plural = kinds.endsWith('y') ? `${kinds.slice(0, -1)}ies` : `${kinds}s`;
  const namespace = CLUSTER_SCOPED.has(kind) ? '' : `/namespaces/${metadata.namespace}`;
  const prefix = apiVersion.includes('/') ? '/apis' : '/api';
  const path = `${prefix}/${apiVersion}${namespace}/${plural}/${metadata.name}?fieldManager=bare&force=true`;
  return { path, body: JSON.stringify(object) };
}

async function send({ path, body }: Sent): Promise<void> {
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const reply = await agent.request({ origin: server, method: 'PATCH', path, headers, body });
  const text = await reply.body.text();
  if (reply.statusCode !== 200 && reply.statusCode !== 201) throw new Error(`${path}: ${reply.statusCode} ${text}`);
}

async function sendAll(requests: readonly Sent[]): Promise<void> {
  const waiting = [...requests];
  const sender = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await send(next);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sender));
}

const started = performance.now();
const objects = withDefaultNamespace(parseManifest(await readFile(manifest)), NAMESPACE);
const isDefinition = ({ kind }: KubeObject): boolean => kind === 'CustomResourceDefinition';
const definitions = objects.filter(isDefinition).map(requestOf);
const others = objects.filter((object) => !isDefinition(object)).map(requestOf);
const ready = performance.now();
await send(requestOf({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
await sendAll(definitions);
await sendAll(others);
const ended = performance.now();
await agent.close();
const result: BareResult = {
  milliseconds: ended - started,
  sendMilliseconds: ended - ready,
  objects: objects.length,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
