import { simulatedManagement } from '../harness/replicas/management-place.ts';
import { describeEnds } from './replicas.suite.ts';

describeEnds(simulatedManagement);
