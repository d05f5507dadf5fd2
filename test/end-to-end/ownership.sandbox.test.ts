import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeOwnership } from './ownership.suite.ts';

describeOwnership(() => sandboxSource(1), 'simulated clusters');
