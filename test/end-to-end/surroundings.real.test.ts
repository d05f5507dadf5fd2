import { VAULT_NOT_BUILT, vaultBinary } from '../../tools/vault/server.ts';
import { administeredReal } from '../doubles/vault/administered.ts';
import { realSource } from '../harness/real-source.ts';
import { describeSurroundings } from './surroundings.suite.ts';

describeSurroundings('real control planes', {
  createSource: realSource,
  createVault: () => administeredReal({ tls: true }),
  unavailable: (await vaultBinary()) === undefined ? VAULT_NOT_BUILT : undefined,
});
