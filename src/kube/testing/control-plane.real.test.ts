import {
  CONTROL_PLANE_NOT_BUILT,
  controlPlaneBinaries,
  startControlPlane,
} from '../../../tools/controlplane/control-plane.ts';
import { describe, it } from 'node:test';
import { describeAccessContract } from '../access/access.contract.ts';
import { describeApplyContract } from '../apply/apply.contract.ts';
import { describeClientContract } from '../client/client.contract.ts';
import type { ContractCluster, ContractTraits } from './fixture.contract.ts';
import { describeRemovalContract } from '../apply/removal.contract.ts';

const binaries = await controlPlaneBinaries();

const controlPlane: ContractTraits = {
  name: 'real control plane',
  async create(): Promise<ContractCluster> {
    const running = await startControlPlane();
    return {
      server: running.server,
      kubeconfig: running.adminKubeconfig,
      close: () => running.stop(),
    };
  },
};

if (binaries?.controllerManager === undefined || binaries.kwok === undefined) {
  describe('one cluster as we reach it (real control plane)', () => {
    it('runs where a control plane is built', { skip: CONTROL_PLANE_NOT_BUILT });
  });
} else {
  describeClientContract(controlPlane);
  describeApplyContract(controlPlane);
  describeRemovalContract(controlPlane);
  describeAccessContract(controlPlane);
}
