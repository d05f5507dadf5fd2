import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeDeletion } from './deletion.suite.ts';

describeDeletion(() => sandboxSource(1), 'simulated clusters', 4);
