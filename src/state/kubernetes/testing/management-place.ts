import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, SandboxCluster } from '../../../../sandbox/index.ts';
import { silentLogger } from '../../../base/logger.ts';
import { Secret } from '../../../base/secret.ts';
import { parseYaml } from '../../../base/yaml.ts';
import { KubeClient, loopbackAddressPolicy, type TransportOptions } from '../../../kube/index.ts';
import type { ManagementCluster } from '../../../management/index.ts';
import type { State } from '../../state.ts';
import type { StatePlace } from '../../state.contract.ts';
import { type KubernetesStateOptions, openKubernetesState } from '../kubernetes-state.ts';

const DEFINITION = join(import.meta.dirname, '../../../../deploy/definitions/clusterstates.yaml');

export const PATIENCE_MILLISECONDS = 60_000;

export async function stateDefinition(): Promise<JsonObject> {
  return parseYaml(await readFile(DEFINITION, 'utf8')) as JsonObject;
}

/** A cluster as the management cluster, reached as its administrator. */
export function managementOf(
  cluster: Pick<SandboxCluster, 'server' | 'certificateAuthority' | 'adminToken'>,
  namespace: string,
  open: (options: TransportOptions) => KubeClient = (options) => new KubeClient(options),
): ManagementCluster {
  const client = open({
    server: cluster.server,
    certificateAuthority: cluster.certificateAuthority,
    material: new Secret({ kind: 'token', token: cluster.adminToken }),
    addresses: loopbackAddressPolicy,
    limits: { concurrency: 24, longestPause: 50, maximumTraffic: Number.POSITIVE_INFINITY },
  });
  return {
    describe: cluster.server,
    namespace,
    client: () => Promise.resolve(client),
    connection: () => Promise.reject(new Error('not used')),
    close: () => client.close(),
  };
}

export function openState(management: ManagementCluster, more: Partial<KubernetesStateOptions> = {}): Promise<State> {
  return openKubernetesState({ management, logger: silentLogger, ...more }, AbortSignal.timeout(PATIENCE_MILLISECONDS));
}

/** Installs the definition, or another form of it, and waits until it is served. */
export async function installDefinition(cluster: SandboxCluster, definition?: JsonObject): Promise<void> {
  cluster.apply(definition ?? (await stateDefinition()), 'tests');
  const management = managementOf(cluster, 'default');
  const client = await management.client(AbortSignal.timeout(PATIENCE_MILLISECONDS));
  for (;;) {
    const answer = await client.raw(
      { method: 'GET', path: '/apis/state.nautes.io/v1alpha1/clusterstates' },
      AbortSignal.timeout(PATIENCE_MILLISECONDS),
    );
    if (answer.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  management.close();
}

let namespaces = 0;

/** A namespace that no other test of this process has. */
export function newNamespace(cluster: SandboxCluster): string {
  namespaces += 1;
  const name = `state-${namespaces}`;
  cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'tests');
  return name;
}

/** A namespace of its own in the cluster, for one test. */
export function placeIn(cluster: SandboxCluster): StatePlace {
  const namespace = newNamespace(cluster);
  const management = managementOf(cluster, namespace);
  return {
    open: () => openState(management),
    cleanUp: () => {
      management.close();
      cluster.delete('v1', 'Namespace', '', namespace);
      return Promise.resolve();
    },
  };
}
