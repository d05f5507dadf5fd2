import { realSource } from '../harness/real-source.ts';
import { describeChange } from './change.suite.ts';

describeChange(realSource, 'a real control plane');
