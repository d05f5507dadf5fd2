import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeGuide } from './guide.suite.ts';

describeGuide(() => sandboxSource(2), 'simulated clusters');
