import { realSource } from '../harness/real-source.ts';
import { describeFaults } from './faults.suite.ts';

describeFaults(realSource, 'a real control plane');
