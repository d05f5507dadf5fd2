import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeRotation } from './rotation.suite.ts';

describeRotation(() => sandboxSource(1), 'simulated clusters');
