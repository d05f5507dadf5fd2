import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeRegistration } from './registration.suite.ts';

describeRegistration(() => sandboxSource(1), 'simulated clusters');
