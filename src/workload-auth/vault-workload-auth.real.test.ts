import { administeredReal } from '../../test/doubles/vault/administered.ts';
import { VAULT_NOT_BUILT, vaultBinary } from '../../tools/vault/server.ts';
import { describeVaultWorkloadAuth } from './workload-auth.contract.ts';

const skip = (await vaultBinary()) === undefined && VAULT_NOT_BUILT;

describeVaultWorkloadAuth('Vault', () => administeredReal(), skip);
