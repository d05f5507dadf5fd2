import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeFaults } from './faults.suite.ts';

describeFaults(() => sandboxSource(1), 'simulated clusters');
