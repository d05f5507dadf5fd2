import { simulatedManagement } from '../harness/replicas/management-place.ts';
import { describeIdentity } from './replicas.suite.ts';

describeIdentity(simulatedManagement);
