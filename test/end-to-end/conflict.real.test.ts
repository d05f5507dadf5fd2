import { realSource } from '../harness/real-source.ts';
import { describeConflict } from './conflict.suite.ts';

describeConflict(realSource, 'a real control plane');
