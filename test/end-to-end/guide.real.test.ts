import { realSource } from '../harness/real-source.ts';
import { describeGuide } from './guide.suite.ts';

describeGuide(realSource, 'real control planes');
