import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { valueAt } from '../../kube-objects/kube-object.ts';
import { definitionProblems } from '../testing/definition-schema.ts';
import { anyPublished, publishedAs, readyCluster, readyWorker } from '../testing/published-cluster.ts';
import { clusterObject, clusterObjectStatus } from './object.ts';

const root = join(import.meta.dirname, '../../..');
const definition = await readFile(join(root, 'deploy/definitions/nautes.resource.nautes.io_clusters.yaml'), 'utf8');

describe("the original's Cluster object", () => {
  it('has the spec of the file, its labels and ours, and the commit', () => {
    const document = { ...readyWorker.document, metadata: { name: 'one', labels: { team: 'blue' } } };
    const { metadata, spec } = clusterObject({ ...readyWorker, document }, 'nautes');
    assert.deepEqual(spec, readyWorker.document['spec']);
    assert.equal(metadata.namespace, 'nautes');
    assert.equal(metadata.labels?.['team'], 'blue');
    assert.equal(metadata.labels?.['cluster.nautes.io/incarnation'], '20261130-abcd');
    assert.equal(metadata.annotations?.['cluster.nautes.io/commit'], readyWorker.status.commit);
  });

  it('has the entry points by host, and the components by category', () => {
    const published = publishedAs(readyCluster, {
      entryPoints: ['http://10.0.0.1:30080', 'https://10.0.0.1:30443', 'https://[fd00::1]'],
      components: [
        {
          name: 'traefik',
          category: 'gateway',
          namespace: 'traefik',
          version: '3.5',
          phase: 'Ready',
          reason: 'ComponentReady',
          message: { id: 'Text', params: { text: '' } },
          objects: { total: 12, ready: 12 },
          advisories: [],
        },
      ],
    });
    const status = clusterObjectStatus(published.status, 'nautes')['status'];
    assert.deepEqual(valueAt(status, 'entryPoints'), {
      '10.0.0.1': { httpPort: 30_080, httpsPort: 30_443 },
      '[fd00::1]': { httpsPort: 443 },
    });
    assert.deepEqual(valueAt(status, 'componentsStatus', 'gateway'), {
      name: 'traefik',
      namespace: 'traefik',
      version: '3.5',
      phase: 'Ready',
      reason: 'ComponentReady',
      objects: { total: 12, ready: 12 },
    });
  });

  it('has the path of an API server that is below one, which its definition accepts', () => {
    const apiServer = 'https://rancher.example.com/k8s/clusters/c-m-7x2kq';
    const spec = { ...(readyWorker.document['spec'] as object), apiServer };
    const object = clusterObject({ ...readyWorker, document: { ...readyWorker.document, spec } }, 'nautes');
    assert.equal(valueAt(object.spec, 'apiServer'), apiServer);
    assert.deepEqual(definitionProblems(definition, object), []);
  });

  it('is what its definition accepts, and nothing of it would be pruned, whatever the registration is', () => {
    fc.assert(
      fc.property(anyPublished, (published) => {
        const { status } = clusterObjectStatus(published.status, 'nautes');
        const object = { ...clusterObject(published, 'nautes'), status };
        assert.deepEqual(definitionProblems(definition, object), []);
      }),
    );
  });
});
