import { realManagement } from '../harness/replicas/management-place.ts';
import { describeApi } from './replicas.suite.ts';

describeApi(await realManagement());
