import { realSource } from '../harness/real-source.ts';
import { describeHandOver } from './hand-over.suite.ts';

describeHandOver(realSource, 'a real control plane');
