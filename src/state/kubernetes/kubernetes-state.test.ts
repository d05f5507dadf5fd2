import assert from 'node:assert/strict';
import { after } from 'node:test';
import { startSandbox } from '../../../sandbox/index.ts';
import { describeStateContract } from '../state.contract.ts';
import { describeStateCopyContract } from '../state-copy.contract.ts';
import { installDefinition, placeIn } from './testing/management-place.ts';

const sandbox = await startSandbox({ clusters: 1, basePort: 0 });
const [cluster] = sandbox.clusters;
assert.ok(cluster);
await installDefinition(cluster);
after(() => sandbox.close());

describeStateContract('Kubernetes', () => Promise.resolve(placeIn(cluster)));
describeStateCopyContract('Kubernetes', () => Promise.resolve(placeIn(cluster)));
