import { startSandbox } from '../../../sandbox/index.ts';
import type { PublicationPlaces } from '../publication.contract.ts';

/** Two simulated clusters: one to publish to, one that is published. */
export async function openSandboxPlaces(): Promise<PublicationPlaces> {
  const sandbox = await startSandbox({ clusters: 2, basePort: 0, tokenCacheMilliseconds: 0 });
  const [management, target] = sandbox.clusters.map((cluster) => ({
    server: cluster.server,
    kubeconfig: cluster.kubeconfig(),
  }));
  if (management === undefined || target === undefined) throw new Error('the sandbox has no clusters');
  return { management, target, close: () => sandbox.close() };
}
