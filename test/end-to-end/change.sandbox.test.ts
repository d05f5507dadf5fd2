import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeChange } from './change.suite.ts';

describeChange(() => sandboxSource(1), 'simulated clusters');
