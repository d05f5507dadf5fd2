import { clusterDefinition } from '../testing/definitions.ts';
import { openSandboxPlaces } from '../testing/sandbox-places.ts';
import { describeClusterObjects } from './objects.contract.ts';

describeClusterObjects('sandbox', openSandboxPlaces, clusterDefinition);
