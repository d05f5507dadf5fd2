import { administeredReal } from '../../test/doubles/vault/administered.ts';
import { VAULT_NOT_BUILT, vaultBinary } from '../../tools/vault/server.ts';
import { describeVaultSessions } from './session.contract.ts';

const skip = (await vaultBinary()) === undefined && VAULT_NOT_BUILT;

describeVaultSessions('Vault', () => administeredReal(), skip);
