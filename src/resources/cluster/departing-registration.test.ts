import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InventoryEntry } from '../inventory.ts';
import { HOSTED_COMPONENT } from '../inventory.ts';
import type { ClusterStatus } from './cluster-status.ts';
import type { Cluster } from './cluster.ts';
import { departingRegistrations, newOffboarding, type RegistrationEvidence } from './departing-registration.ts';

const SERVER = 'https://203.0.113.7:6443';

const physical: Cluster = {
  name: 'one',
  incarnation: 'one.first',
  spec: {
    apiServer: SERVER,
    clusterKind: 'kubernetes',
    clusterType: 'physical',
    usage: 'worker',
    primaryDomain: '',
    components: {},
    reservedNamespacesAllowedProducts: {},
    productAllowedClusterResources: {},
  },
};
const virtual: Cluster = { ...physical, spec: { ...physical.spec, clusterType: 'virtual', hostCluster: 'host' } };

function status(changes: Partial<ClusterStatus> = {}): ClusterStatus {
  return {
    name: 'one',
    incarnation: 'one.first',
    phase: 'Ready',
    observedGeneration: '',
    conditions: [],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
    commit: '',
    ...changes,
  };
}

function evidence(changes: Partial<RegistrationEvidence> = {}): RegistrationEvidence {
  return { status: undefined, inventory: [], hostIncarnation: (host) => `${host}.now`, ...changes };
}

const entry = (component: string) => ({ component, kind: 'ConfigMap' }) as InventoryEntry;

describe('the registrations to off-board for a name', () => {
  it('are the one of its file, at its declared place, while nothing else is known', () => {
    assert.deepEqual(departingRegistrations(physical, evidence()), [
      { cluster: 'one', incarnation: 'one.first', apiServer: SERVER, hostCluster: '' },
    ]);
    assert.deepEqual(departingRegistrations(virtual, evidence()), [
      {
        cluster: 'one',
        incarnation: 'one.first',
        apiServer: SERVER,
        hostCluster: 'host',
        hostIncarnation: 'host.now',
      },
    ]);
  });

  it('are where the registration was created and reached, whatever its file says later', () => {
    const reached = status({
      apiServer: 'https://203.0.113.8:6443',
      host: { cluster: 'old', incarnation: 'old.first' },
    });
    const [hosted] = departingRegistrations(physical, evidence({ status: reached }));
    assert.deepEqual(
      [hosted?.apiServer, hosted?.hostCluster, hosted?.hostIncarnation],
      ['https://203.0.113.8:6443', 'old', 'old.first'],
    );
    const [own] = departingRegistrations(virtual, evidence({ inventory: [entry('traefik')] }));
    assert.deepEqual([own?.hostCluster, own?.hostIncarnation], ['', undefined]);
    const [onHost] = departingRegistrations(virtual, evidence({ inventory: [entry(HOSTED_COMPONENT)] }));
    assert.equal(onHost?.hostCluster, 'host');
  });

  it('include the one that was onboarded under another incarnation, as the last', () => {
    const other = status({ incarnation: 'one.before', apiServer: SERVER });
    const found = departingRegistrations(physical, evidence({ status: other }));
    assert.deepEqual(
      found.map(({ incarnation, fileIncarnation }) => [incarnation, fileIncarnation]),
      [
        ['one.first', undefined],
        ['one.before', 'one.first'],
      ],
    );
  });

  it('are the one of the status without a file, and none when the status only observed the file', () => {
    const found = departingRegistrations(undefined, evidence({ status: status({ apiServer: SERVER }) }));
    assert.deepEqual(found, [{ cluster: 'one', incarnation: 'one.first', apiServer: SERVER, hostCluster: '' }]);
    assert.deepEqual(departingRegistrations(undefined, evidence({ status: status({ incarnation: '' }) })), []);
    assert.deepEqual(departingRegistrations(undefined, evidence()), []);
  });
});

describe('a new off-boarding record', () => {
  it('has not started', () => {
    const [registration] = departingRegistrations(physical, evidence());
    assert.ok(registration);
    const request = { requestedBy: 'ada', requestedAt: '', requestId: 'r', forced: true, commit: '' };
    assert.deepEqual(newOffboarding(registration, request), { ...registration, ...request, startedAt: '' });
  });
});
