import { sandboxSource } from '../harness/sandbox-source.ts';
import { describeKubernetesState } from './kubernetes-state.suite.ts';

describeKubernetesState(() => sandboxSource(2), 'the sandbox', { single: false });
