import { administeredDouble } from '../doubles/vault/administered.ts';
import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeSurroundings } from './surroundings.suite.ts';

describeSurroundings('the sandbox', {
  createSource: () => sandboxSource(1),
  createVault: () => administeredDouble({ tls: true }),
});
