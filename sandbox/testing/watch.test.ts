import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { numberAt, stringAt } from '../base/json.ts';
import type { SandboxCluster } from '../sandbox-api.ts';
import { configMap } from './objects.ts';
import { StartedSandbox } from './started-sandbox.ts';
import { eventually, type TestClient } from './test-client.ts';

let started: StartedSandbox;
let cluster: SandboxCluster;
let client: TestClient;

before(async () => {
  started = await StartedSandbox.start(['one']);
  ({ cluster, client } = started);
});

after(() => started.close());

describe('watches', () => {
  const path = '/api/v1/namespaces/one/configmaps';

  it('begin with what exists, follow changes and resume from a version', async () => {
    await client.call('POST', path, {
      ...configMap('watched'),
      metadata: { name: 'watched', labels: { watch: 'me' } },
    });
    const selected = `${path}?watch=1&labelSelector=watch%3Dme`;
    const events = client.watch(selected, 3);
    await eventually('the watch is open', () => (cluster.counters.openWatches > 0 ? true : undefined));
    await client.apply(`${path}/watched`, configMap('watched', { a: '2' }), 'fieldManager=test&force=true');
    await client.call('DELETE', `${path}/watched`);
    const seen = await events;
    assert.deepEqual(
      seen.map((event) => event['type']),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
    const version = stringAt(seen[0], 'object', 'metadata', 'resourceVersion');
    const [resumed] = await client.watch(`${selected}&resourceVersion=${version}`, 1);
    assert.equal(resumed?.['type'], 'MODIFIED');
  });

  it('send bookmarks, and mark the end of the initial events', async () => {
    const query =
      '?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3Dnone';
    const [event] = await client.watch(`${path}${query}`, 1);
    assert.equal(event?.['type'], 'BOOKMARK');
    assert.equal(stringAt(event, 'object', 'metadata', 'annotations', 'k8s.io/initial-events-end'), 'true');
  });

  it('end with 410 when the version is no longer known', async () => {
    cluster.compact();
    const [event] = await client.watch(`${path}?watch=1&resourceVersion=1`, 1);
    assert.equal(event?.['type'], 'ERROR');
    assert.equal(numberAt(event, 'object', 'code'), 410);
    assert.equal(stringAt(event, 'object', 'reason'), 'Expired');
  });
});
