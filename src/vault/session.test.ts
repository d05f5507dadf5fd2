import { administeredDouble } from '../../test/doubles/vault/administered.ts';
import { describeVaultSessions } from './session.contract.ts';

describeVaultSessions('the double', () => administeredDouble(), false);
