import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeHnc } from './hnc.suite.ts';

describeHnc(() => sandboxSource(1), 'simulated clusters', 4);
