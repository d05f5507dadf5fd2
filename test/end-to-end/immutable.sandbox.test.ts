import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeImmutable } from './immutable.suite.ts';

describeImmutable(() => sandboxSource(1), 'simulated clusters');
