import { realSource } from '../harness/real-source.ts';
import { describeDeletion } from './deletion.suite.ts';

describeDeletion(realSource, 'a real control plane', 15);
