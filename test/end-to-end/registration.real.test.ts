import { realSource } from '../harness/real-source.ts';
import { describeRegistration } from './registration.suite.ts';

describeRegistration(realSource, 'a real control plane');
