import { startSandbox } from '../../sandbox/index.ts';
import { describeApplyContract } from './apply.contract.ts';
import type { ContractCluster, ContractTraits } from './fixture.contract.ts';

const sandbox: ContractTraits = {
  name: 'sandbox',
  hasWorkloads: false,
  validates: false,
  async create(): Promise<ContractCluster> {
    const running = await startSandbox({ clusters: 1, basePort: 0 });
    const [cluster] = running.clusters;
    if (cluster === undefined) throw new Error('the sandbox has no cluster');
    return { server: cluster.server, kubeconfig: cluster.kubeconfig(), close: () => running.close() };
  },
};

describeApplyContract(sandbox);
