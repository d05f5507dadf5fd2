import { administeredDouble } from '../../test/doubles/vault/administered.ts';
import { describeVaultWorkloadAuth } from './workload-auth.contract.ts';

describeVaultWorkloadAuth('the double', () => administeredDouble(), false);
