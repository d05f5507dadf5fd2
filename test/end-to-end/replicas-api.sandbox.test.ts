import { simulatedManagement } from '../harness/replicas/management-place.ts';
import { describeApi } from './replicas.suite.ts';

describeApi(simulatedManagement);
