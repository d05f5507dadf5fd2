import { openSandboxPlaces } from '../testing/sandbox-places.ts';
import { describeKubeconfigSecrets } from './publication.contract.ts';

describeKubeconfigSecrets('sandbox', openSandboxPlaces);
