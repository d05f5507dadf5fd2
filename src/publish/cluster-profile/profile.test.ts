import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { verbatim } from '../../messages/message.ts';
import type { Condition } from '../../resources/condition.ts';
import { isRecord, listAt, textAt, valueAt } from '../../kube-objects/kube-object.ts';
import { anyPublished, publishedAs, readyCluster, readyWorker } from '../testing/published-cluster.ts';
import { clusterProfile, clusterProfileConditions, clusterProfileStatus } from './profile.ts';

const place = { namespace: 'fleet', manager: 'nautes' };

describe('the ClusterProfile of a cluster', () => {
  it('names its manager in the spec and in the label that consumers select by', () => {
    const { metadata, spec } = clusterProfile(readyWorker, { namespace: 'fleet', manager: 'nautes-north' });
    assert.equal(metadata.namespace, 'fleet');
    assert.equal(metadata.name, 'one');
    assert.deepEqual(spec, { displayName: 'one', clusterManager: { name: 'nautes-north' } });
    assert.equal(metadata.labels?.['x-k8s.io/cluster-manager'], 'nautes-north');
    assert.equal(metadata.labels?.['cluster.nautes.io/usage'], 'worker');
  });

  it('says version, properties and how the cluster is reached', () => {
    const status = clusterProfileStatus(readyWorker, place)['status'];
    assert.deepEqual(valueAt(status, 'version'), { kubernetes: 'v1.36.4' });
    const properties = listAt(status, 'properties').map((item) => `${textAt(item, 'name')}=${textAt(item, 'value')}`);
    assert.deepEqual(properties, [
      'cluster.clusterset.k8s.io=3e2f0c5a-6b0e-4a3b-9a51-0123456789ab',
      'cluster.nautes.io/commit=d1d2c3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d0',
      'cluster.nautes.io/domain=example.com',
      'cluster.nautes.io/entry-points=http://10.0.0.1:30080,https://10.0.0.1:30443',
      'cluster.nautes.io/type=physical',
      'cluster.nautes.io/usage=worker',
      'cluster.nautes.io/worker-type=deployment',
    ]);
    const cluster = {
      server: 'https://api.example.com:6443',
      'certificate-authority-data': Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64'),
    };
    const exec = 'client.authentication.k8s.io/exec';
    const secret = 'one-clusterprofile';
    assert.deepEqual(valueAt(status, 'accessProviders'), [
      {
        name: 'secretreader',
        cluster: { ...cluster, extensions: [{ name: exec, extension: { clusterName: secret } }] },
      },
      {
        name: 'kubeconfig-secretreader',
        cluster: {
          ...cluster,
          extensions: [{ name: exec, extension: { name: secret, key: 'value', namespace: 'fleet' } }],
        },
      },
    ]);
  });

  it('has the path of an API server that is below one', () => {
    const server = 'https://rancher.example.com/k8s/clusters/c-m-7x2kq';
    const proxied = { ...readyWorker, binding: { ...readyWorker.binding, server } };
    const providers = listAt(clusterProfileStatus(proxied, place)['status'], 'accessProviders');
    assert.deepEqual(
      providers.map((provider) => textAt(provider, 'cluster', 'server')),
      [server, server],
    );
  });

  it('is healthy while the cluster is reached, and Ready when nothing that counts is open', () => {
    const found: Condition = { ...reachable('True'), type: 'ComponentsReady', status: 'False', reason: 'Installing' };
    assert.deepEqual(shown(reachable('True')), { ControlPlaneHealthy: 'True', Ready: 'True' });
    assert.deepEqual(shown(reachable('True'), found), { ControlPlaneHealthy: 'True', Ready: 'False' });
    assert.deepEqual(shown(reachable('True'), { ...found, optional: true }), {
      ControlPlaneHealthy: 'True',
      Ready: 'True',
    });
    assert.deepEqual(shown(reachable('False')), { ControlPlaneHealthy: 'False', Ready: 'False' });
    assert.deepEqual(shown(), {});
  });

  it('does not wait for itself: Published and Ready do not count', () => {
    const published: Condition = { ...reachable('False'), type: 'Published' };
    const ready: Condition = { ...reachable('False'), type: 'Ready' };
    assert.deepEqual(shown(reachable('True'), published, ready), { ControlPlaneHealthy: 'True', Ready: 'True' });
  });

  it('stays within the limits of its definition, whatever the registration is', () => {
    fc.assert(
      fc.property(anyPublished, (published) => {
        const { metadata } = clusterProfile(published, place);
        for (const value of Object.values(metadata.labels ?? {})) {
          assert.match(value, /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/);
        }
        const status = clusterProfileStatus(published, place)['status'];
        const properties = listAt(status, 'properties');
        for (const property of properties) {
          assert.ok(textAt(property, 'value').length >= 1 && textAt(property, 'value').length <= 1024);
        }
        assert.equal(new Set(properties.map((item) => textAt(item, 'name'))).size, properties.length);
        for (const condition of listAt(clusterProfileConditions(published.status, 'fleet'), 'status', 'conditions')) {
          assert.ok(isRecord(condition));
          assert.match(textAt(condition, 'reason'), /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/);
          assert.ok(textAt(condition, 'message').length <= 32_768);
        }
      }),
    );
  });
});

function reachable(status: Condition['status']): Condition {
  const said = { reason: 'Reachable', message: verbatim('said'), lastTransitionTime: '2026-11-30T10:00:00Z' };
  return { type: 'Reachable', status, ...said };
}

function shown(...conditions: readonly Condition[]): Record<string, unknown> {
  const { status } = clusterProfileConditions(publishedAs(readyCluster, { conditions }).status, 'fleet');
  return Object.fromEntries(
    listAt(status, 'conditions').map((item) => [textAt(item, 'type'), valueAt(item, 'status')]),
  );
}
