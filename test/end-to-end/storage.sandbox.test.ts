import { startSandboxHost } from '../harness/management-host.ts';
import { describeStorageMigration } from './storage.suite.ts';

describeStorageMigration('sandbox', startSandboxHost, true);
