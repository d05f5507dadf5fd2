import { administeredDouble } from '../doubles/vault/administered.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeVault } from './vault.suite.ts';

describeVault('simulated clusters', {
  createSource: () => sandboxSource(1),
  createVault: () => administeredDouble({ tls: true }),
});
