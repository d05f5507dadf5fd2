import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeHandOver } from './hand-over.suite.ts';

describeHandOver(() => sandboxSource(1), 'simulated clusters');
