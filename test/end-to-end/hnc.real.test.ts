import { realSource } from '../harness/real-source.ts';
import { describeHnc } from './hnc.suite.ts';

describeHnc(realSource, 'a real control plane', 15);
