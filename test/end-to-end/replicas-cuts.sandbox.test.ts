import { simulatedManagement } from '../harness/replicas/management-place.ts';
import { describeCuts } from './replicas.suite.ts';

describeCuts(simulatedManagement);
