import { startSandbox } from '../../../sandbox/index.ts';
import { describeAccessContract } from '../access/access.contract.ts';
import { describeApplyContract } from '../apply/apply.contract.ts';
import { describeClientContract } from '../client/client.contract.ts';
import type { ContractCluster, ContractTraits } from './fixture.contract.ts';
import { describeRemovalContract } from '../apply/removal.contract.ts';

const sandbox: ContractTraits = {
  name: 'sandbox',
  async create(): Promise<ContractCluster> {
    const running = await startSandbox({ clusters: 1, basePort: 0 });
    const [cluster] = running.clusters;
    if (cluster === undefined) throw new Error('the sandbox has no cluster');
    return {
      server: cluster.server,
      kubeconfig: cluster.kubeconfig(),
      neverReady: (namespace, name) => cluster.faults.add({ kind: 'never-ready', namespace, name }),
      forgetHistory: () => cluster.compact(),
      close: () => running.close(),
    };
  },
};

describeClientContract(sandbox);
describeApplyContract(sandbox);
describeRemovalContract(sandbox);
describeAccessContract(sandbox);
