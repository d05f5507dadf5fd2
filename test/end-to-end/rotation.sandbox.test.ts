import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeRotation, TOKEN_SECONDS } from './rotation.suite.ts';

describeRotation(() => sandboxSource(1, { maximumTokenSeconds: TOKEN_SECONDS }), 'simulated clusters');
