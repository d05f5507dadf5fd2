import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeConflict } from './conflict.suite.ts';

describeConflict(() => sandboxSource(1), 'simulated clusters');
