import { realSource } from '../harness/real-source.ts';
import { describeKubernetesState } from './kubernetes-state.suite.ts';

describeKubernetesState(() => realSource(), 'a real control plane', { single: true });
