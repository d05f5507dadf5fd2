import { realSource } from '../harness/real-source.ts';
import { describeImmutable } from './immutable.suite.ts';

describeImmutable(realSource, 'a real control plane');
