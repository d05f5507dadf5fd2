import { profileDefinition } from '../testing/definitions.ts';
import { openSandboxPlaces } from '../testing/sandbox-places.ts';
import { describeClusterProfiles } from './profiles.contract.ts';

describeClusterProfiles('sandbox', openSandboxPlaces, () => Promise.resolve(profileDefinition));
