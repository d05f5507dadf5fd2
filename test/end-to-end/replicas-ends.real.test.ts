import { realManagement } from '../harness/replicas/management-place.ts';
import { describeEnds } from './replicas.suite.ts';

describeEnds(await realManagement());
