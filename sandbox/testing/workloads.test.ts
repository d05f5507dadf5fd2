import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt, valueAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';
import { conditionOf, deployment } from './objects.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { eventually, type TestClient } from './test-client.ts';

let started: StartedSandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['workloads']);
  ({ cluster, client } = started);
});

after(() => started.close());

describe('workloads', () => {
  const path = '/apis/apps/v1/namespaces/workloads/deployments';

  function available(name: string): JsonObject | undefined {
    const found = cluster.get('apps/v1', 'Deployment', 'workloads', name);
    const isCurrent = numberAt(found, 'status', 'observedGeneration') === numberAt(found, 'metadata', 'generation');
    return isCurrent && stringAt(conditionOf(found, 'Available'), 'status') === 'True' ? found : undefined;
  }

  it('become available, with endpoints that carry the labels of the Service', async () => {
    await client.apply(`${path}/web`, deployment('web'));
    await client.call('POST', '/api/v1/namespaces/workloads/services', {
      metadata: { name: 'web', labels: { copied: 'yes' } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    });
    await eventually('the Deployment is available', () => available('web'));
    const endpoints = await eventually('the Endpoints have an address', () => {
      const found = cluster.get('v1', 'Endpoints', 'workloads', 'web');
      return arrayAt(arrayAt(found, 'subsets')[0], 'addresses').length === 1 ? found : undefined;
    });
    assert.equal(stringAt(endpoints, 'metadata', 'labels', 'copied'), 'yes');
    assert.equal(valueAt(endpoints, 'metadata', 'ownerReferences'), undefined);
  });

  it('roll out a changed template and scale the old ReplicaSet down', async () => {
    await client.apply(`${path}/rolled`, deployment('rolled'));
    await eventually('the first rollout', () => available('rolled'));
    await client.apply(`${path}/rolled`, deployment('rolled', { containers: [{ name: 'main', image: 'main:2' }] }));
    await eventually('only the new Pods are left', () => {
      const pods = cluster
        .list('v1', 'Pod', 'workloads')
        .filter((pod) => stringAt(pod, 'metadata', 'labels', 'app') === 'rolled');
      const images = pods.map((pod) => stringAt(arrayAt(pod, 'spec', 'containers')[0], 'image'));
      return images.join() === 'main:2' && available('rolled') !== undefined ? true : undefined;
    });
  });

  it('say why they are not ready, and become ready when the fault is gone', async () => {
    cluster.faults.set([{ kind: 'never-ready', name: 'broken', reason: 'CrashLoopBackOff' }]);
    await client.apply(`${path}/broken`, deployment('broken'));
    const pod = await eventually('the Pod shows the reason', () =>
      cluster.list('v1', 'Pod', 'workloads').find((one) => JSON.stringify(one).includes('CrashLoopBackOff')),
    );
    assert.equal(stringAt(pod, 'status', 'phase'), 'Pending');
    assert.equal(available('broken'), undefined);
    cluster.faults.clear();
    await eventually('the Deployment is available', () => available('broken'));
  });

  it('wait for their ServiceAccount', async () => {
    await client.apply(`${path}/early`, deployment('early', { serviceAccountName: 'late' }));
    const failure = await eventually('the failure is shown', () =>
      conditionOf(cluster.get('apps/v1', 'Deployment', 'workloads', 'early'), 'ReplicaFailure'),
    );
    assert.match(stringAt(failure, 'message') ?? '', /serviceaccount "late" not found/);
    await client.call('POST', '/api/v1/namespaces/workloads/serviceaccounts', { metadata: { name: 'late' } });
    await eventually('the Deployment is available', () => available('early'));
  });

  it('of a StatefulSet have fixed names and claims of their own', async () => {
    const set = deployment('db');
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const spec = { ...objectAt(set, 'spec'), serviceName: 'db', replicas: 2, volumeClaimTemplates: [claim] };
    await client.apply('/apis/apps/v1/namespaces/workloads/statefulsets/db', { ...set, kind: 'StatefulSet', spec });
    await eventually(
      'both Pods are ready',
      () =>
        numberAt(cluster.get('apps/v1', 'StatefulSet', 'workloads', 'db'), 'status', 'readyReplicas') === 2 ||
        undefined,
    );
    assert.ok(cluster.get('v1', 'Pod', 'workloads', 'db-1'));
    assert.equal(
      stringAt(cluster.get('v1', 'PersistentVolumeClaim', 'workloads', 'data-db-0'), 'status', 'phase'),
      'Bound',
    );
  });

  it('of a Job succeed', async () => {
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main:1' }] } };
    await client.call('POST', '/apis/batch/v1/namespaces/workloads/jobs', {
      metadata: { name: 'job' },
      spec: { template },
    });
    await eventually('the Job is complete', () =>
      conditionOf(cluster.get('batch/v1', 'Job', 'workloads', 'job'), 'Complete'),
    );
  });

  it('go with their owner', async () => {
    await client.apply(`${path}/short`, deployment('short'));
    await eventually('the Deployment is available', () => available('short'));
    await client.call('DELETE', `${path}/short`, { propagationPolicy: 'Background' });
    await eventually('its Pods are gone', () =>
      cluster.list('v1', 'Pod', 'workloads').some((pod) => stringAt(pod, 'metadata', 'name')?.startsWith('short-'))
        ? undefined
        : true,
    );
  });
});
