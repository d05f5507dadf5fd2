import type { SandboxCluster } from '../../sandbox/index.ts';
import type { DraftChanges, RegisteredServer } from './cluster-drafts.ts';
import { eventually } from './wait-until.ts';

/** A virtual worker on the host `host`; without its components it is quick. */
export function virtualDraft(port: number, changes: DraftChanges = {}): DraftChanges {
  return {
    clusterType: 'virtual',
    hostCluster: 'host',
    vclusterNodePort: String(port),
    kubeconfig: undefined,
    ...changes,
  };
}

/** Where the virtual cluster will be. */
export function at(host: SandboxCluster, port: number): RegisteredServer {
  const server = `https://${new URL(host.server).hostname}:${port}`;
  return { server, kubeconfig: () => '' };
}

/** Waits until a namespace of the host has ended. */
export async function untilGone(host: SandboxCluster, namespace: string): Promise<void> {
  await eventually(
    async () => (host.get('v1', 'Namespace', '', namespace) === undefined ? true : undefined),
    () => `${namespace} is still there`,
  );
}
