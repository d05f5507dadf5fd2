import { realSource } from '../harness/real-source.ts';
import { describeRotation, TOKEN_SECONDS } from './rotation.suite.ts';

describeRotation(() => realSource({ maximumTokenSeconds: TOKEN_SECONDS }), 'a real control plane');
