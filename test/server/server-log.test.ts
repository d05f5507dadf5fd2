import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startSandbox } from '../../sandbox/index.ts';
import { NautesProcess } from '../harness/nautes-process.ts';
import { waitUntil } from '../harness/wait-until.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

describe('the log of a server', () => {
  it('tells of a cluster from its request to Ready, with reasons and its commit', async (test) => {
    const sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    test.after(() => sandbox.close());
    const [cluster] = sandbox.clusters;
    assert.ok(cluster);
    await using server = await NautesProcess.start({ environment: { NAUTES_CATALOG_FILES: STAND_INS } });
    const maintainer = await server.client();
    const { server: api_server } = cluster;
    const kubeconfig = cluster.kubeconfig();
    const body = { api_server, cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'host', kubeconfig };
    const saved = await maintainer.request('POST', '/api/v1/clusters/one', body);
    assert.equal(saved.status, 200);
    await maintainer.request('POST', '/api/v1/clusters/two', { cluster_kind: 'kubernetes' });
    const lines = (): Record<string, unknown>[] =>
      server.output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    const ready = await waitUntil('a line that says Ready', async () =>
      lines().find((line) => line['cluster'] === 'one' && line['phase'] === 'Ready'),
    );
    assert.deepEqual([ready['level'], ready['reason'], ready['commit']], ['info', 'Ready', saved.body['commit']]);
    const ofRequests = lines().filter(({ msg }) => msg === 'request');
    assert.deepEqual(
      ofRequests.map(({ cluster: name, status, reason }) => [name, status, reason]),
      [
        ['one', 200, undefined],
        ['two', 400, 'Validator'],
      ],
    );
    assert.ok(ofRequests.every(({ requestId }) => typeof requestId === 'string'));
    assert.ok(lines().some((line) => line['cluster'] === 'one' && line['reason'] === 'ComponentReady'));
  });
});
