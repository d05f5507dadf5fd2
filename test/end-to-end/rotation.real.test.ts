import { realSource } from '../harness/real-source.ts';
import { describeRotation } from './rotation.suite.ts';

describeRotation(realSource, 'a real control plane');
