import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import type { KubeObject } from '../../src/kube-objects/kube-object.ts';
import { wellKnown } from '../../src/kube-objects/resource-types.ts';
import { parseYaml } from '../../src/base/yaml.ts';
import { type ManagementCluster, openKubeconfigCluster } from '../../src/management/index.ts';

/** An API server on which each test has a namespace of its own, as an installation has. */
export interface ManagementHost {
  /** Kubeconfig of an administrator, as a file. */
  readonly kubeconfig: string;
  /** The sandbox behind it; absent when it is a real API server. */
  readonly cluster?: SandboxCluster;
  /** A namespace that was just made. */
  readonly newNamespace: () => Promise<string>;
  /** The management cluster of one process. */
  readonly open: (namespace: string) => Promise<ManagementCluster>;
  readonly close: () => Promise<void>;
}

export async function startSandboxHost(): Promise<ManagementHost> {
  const sandbox: Sandbox = await startSandbox({ clusters: 1, basePort: 0 });
  const [cluster] = sandbox.clusters;
  if (cluster === undefined) throw new Error('the sandbox has no cluster');
  const host = await managementHost(cluster.kubeconfig(), () => sandbox.close());
  return { ...host, cluster };
}

/** @param stop ends the API server */
export async function managementHost(kubeconfig: string, stop: () => Promise<void>): Promise<ManagementHost> {
  const directory = await mkdtemp(join(tmpdir(), 'nautes-management-'));
  const file = join(directory, 'kubeconfig');
  await writeFile(file, kubeconfig);
  const administrator = await openKubeconfigCluster(file, 'default');
  await installDefinitions(administrator);
  return {
    kubeconfig: file,
    newNamespace: async () => {
      const signal = AbortSignal.timeout(60_000);
      const name = `nautes-${randomBytes(4).toString('hex')}`;
      const client = await administrator.client(signal);
      await client.create(wellKnown.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, {}, signal);
      return name;
    },
    open: (namespace) => openKubeconfigCluster(file, namespace),
    close: async () => {
      administrator.close();
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}

const STATE = { apiVersion: 'state.nautes.io/v1alpha1', kind: 'ClusterState' };
const DEFINITIONS = join(import.meta.dirname, '../../deploy/definitions/clusterstates.yaml');

/** Installs the definition of our own objects and waits until they are served. */
async function installDefinitions(administrator: ManagementCluster): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const { client, discovery } = await administrator.connection(signal);
  const definition = parseYaml(await readFile(DEFINITIONS, 'utf8')) as KubeObject;
  await client.apply(wellKnown.customResourceDefinition, definition, {}, signal);
  await discovery.waitUntilServed(STATE.apiVersion, STATE.kind, 60_000, signal);
}
