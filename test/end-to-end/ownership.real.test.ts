import { realSource } from '../harness/real-source.ts';
import { describeOwnership } from './ownership.suite.ts';

describeOwnership(realSource, 'a real control plane');
