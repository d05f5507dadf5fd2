import { describe, it } from 'node:test';
import {
  CONTROL_PLANE_NOT_BUILT,
  controlPlaneBinaries,
  startControlPlane,
} from '../../tools/controlplane/control-plane.ts';
import { describeKubernetesTokens } from '../../src/identity/kubernetes-tokens.contract.ts';
import { describeKubernetesSecretStore } from '../../src/secrets/kubernetes/kubernetes-secret-store.contract.ts';
import { type ManagementHost, managementHost } from '../harness/management-host.ts';
import { describeStorageMigration } from './storage.suite.ts';

if ((await controlPlaneBinaries()) === undefined) {
  describe('what an installation has in a management cluster (real control plane)', () => {
    it('runs where a control plane is built', { skip: CONTROL_PLANE_NOT_BUILT });
  });
} else {
  const start = async (): Promise<ManagementHost> => {
    const running = await startControlPlane();
    return await managementHost(running.adminKubeconfig, () => running.stop());
  };
  describeStorageMigration('real control plane', start, false);
  describeKubernetesSecretStore('real control plane', start);
  describeKubernetesTokens('real control plane', start);
}
