import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { message } from '../../messages/message.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import { blankStatus } from '../../resources/cluster/cluster-status.ts';
import { fakeRow } from '../testing/fake-fleet.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer, type TestServer } from '../testing/test-server.ts';

const [first, second, third] = ['c', 'b', 'a'].map((digit) => digit.repeat(40));

describe('what there is to read of a cluster', () => {
  let api: TestServer;
  before(async () => {
    api = await startTestServer();
    await api.send(saveRequest('one', MINIMAL_BODY));
  });
  after(() => api.server.close());

  const read = async (path: string): Promise<Record<string, unknown>> => {
    const reply = await api.send({ target: `/api/v1/clusters/one${path}`, token: 'reader-token' });
    assert.equal(reply.status, 200, reply.text);
    return reply.json();
  };
  const commitsOf = ({ items }: Record<string, unknown>) => (items as { commit: string }[]).map(({ commit }) => commit);

  it('is its history in pages, with what was skipped or forced', async () => {
    const page = await read('/history?limit=2');
    assert.deepEqual(commitsOf(page), [first, second]);
    assert.equal(page['before'], second);
    const [entry] = page['items'] as Record<string, unknown>[];
    assert.deepEqual([entry?.['operation'], entry?.['skipped_check'], entry?.['forced']], ['save', true, false]);
    const rest = await read(`/history?before=${String(second)}`);
    assert.deepEqual(commitsOf(rest), [third]);
    assert.equal(rest['before'], undefined);
  });

  it('is what a commit of the history did to its file, and the file as it is', async () => {
    const { cluster, ...change } = await read(`/history/${first}`);
    assert.deepEqual(change, { commit: first, before: '', after: 'kind: Cluster\n' });
    assert.deepEqual(cluster, await read(''), 'with what the file said then');
    const { text, generation } = await read('/file');
    assert.equal(text, 'kind: Cluster\n');
    assert.ok(generation);
  });

  it('is nothing of commits that are none', async () => {
    for (const commit of ['main', '-1', 'HEAD~1', 'c'.repeat(41), 'C'.repeat(40)]) {
      assertError(await api.send({ target: `/api/v1/clusters/one/history/${commit}` }), 400, 'CODEC');
      assertError(await api.send({ target: `/api/v1/clusters/one/history?before=${commit}` }), 400, 'CODEC');
    }
    const unknown = `/api/v1/clusters/one/history/${'d'.repeat(40)}`;
    assertError(await api.send({ target: unknown }), 404, 'COMMIT_NOT_FOUND');
    assertError(await api.send({ target: '/api/v1/clusters/other/history' }), 404, 'CLUSTER_NOT_FOUND');
  });

  it('is its objects in pages, and those of a component', async () => {
    const page = await read('/objects?limit=2');
    const items = page['items'] as { name: string; state: string }[];
    assert.deepEqual(
      items.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.equal(page['total'], 3);
    const rest = await read(`/objects?continue=${String(page['continue'])}`);
    assert.deepEqual(rest['items'], [
      {
        apiVersion: 'v1',
        kind: 'Service',
        namespace: 'traefik',
        name: 'c',
        component: 'traefik',
        state: 'intended',
        foreign: false,
      },
    ]);
    assert.equal((await read('/objects?component=argocd'))['total'], 0);
    for (const limit of ['0', '1001', 'x']) {
      assertError(await api.send({ target: `/api/v1/clusters/one/objects?limit=${limit}` }), 400, 'CODEC');
    }
  });

  it('is how its objects were at the last look, with the reason of those that were not ready', async () => {
    const blank = { name: 'one', incarnation: 'i', observedGeneration: '', commit: '', conditions: [] };
    const object = { apiVersion: 'v1', kind: 'Service', namespace: 'traefik', name: 'a' };
    await api.status.set({
      ...blankStatus({ ...blank, phase: 'Degraded' }),
      components: [
        {
          name: 'traefik',
          category: 'gateway',
          namespace: 'traefik',
          version: '1',
          phase: 'Degraded',
          reason: 'Missing',
          message: message('Missing'),
          objects: { total: 2, ready: 1 },
          advisories: [],
          unready: [{ object, reason: 'Missing', message: message('Missing') }],
        },
      ],
    });
    const { items } = await read('/objects');
    const shown = (items as Record<string, unknown>[]).map(({ name, ready, reason, message: said, messageId }) => ({
      name,
      ready,
      reason,
      messageId,
      isSaid: typeof said === 'string' && said !== '',
    }));
    assert.deepEqual(shown, [
      { name: 'a', ready: false, reason: 'Missing', messageId: 'Missing', isSaid: true },
      { name: 'b', ready: true, reason: undefined, messageId: undefined, isSaid: false },
      { name: 'c', ready: undefined, reason: undefined, messageId: undefined, isSaid: false },
    ]);
    const { components } = await read('/status');
    assert.equal((components as Record<string, unknown>[])[0]?.['unready'], undefined);
  });

  it('is what was repaired on it, newest first, and not in its status', async () => {
    const object = { apiVersion: 'v1', kind: 'Service', namespace: 'traefik', name: 'traefik' };
    const repair = { component: 'traefik', object, fields: ['spec.type'], manager: 'kubectl', contested: false };
    const repairs = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'].map((time) => ({ ...repair, time }));
    const blank = { name: 'one', incarnation: 'i', observedGeneration: '', commit: '', conditions: [] };
    await api.status.set({ ...blankStatus({ ...blank, phase: 'Ready' }), repairs });
    const { items } = await read('/repairs');
    assert.deepEqual(items, repairs.toReversed());
    assert.equal((await read('/status'))['repairs'], undefined);
  });

  it('needs a token', async () => {
    for (const path of ['history', `history/${first}`, 'file', 'objects', 'repairs', 'receipts']) {
      assertError(await api.send({ target: `/api/v1/clusters/one/${path}`, token: null }), 401, 'UNAUTHENTICATED');
    }
  });
});

const receipt = (cluster: string, incarnation: string): Receipt => ({
  cluster,
  incarnation,
  apiServer: '',
  kubernetesUid: '',
  requestedBy: 'ada',
  requestedAt: '2030-01-01T00:00:00Z',
  completedAt: '2030-01-01T00:01:00Z',
  forced: true,
  outcome: 'Complete',
  commit: 'c'.repeat(40),
  created: [{ apiVersion: 'v1', kind: 'Service', namespace: 'a', name: 'a' }],
  removed: [],
  left: [],
  lostTotal: 3,
  remaining: [],
});

describe('receipts', () => {
  it('are listed of a name and of all, in short, the last first, and shown by registration', async () => {
    await using api = await startTestServer();
    for (const [name, incarnation] of [
      ['a', 'one'],
      ['b', 'two'],
      ['a', 'three'],
    ] as const) {
      api.receipts.set(receipt(name, incarnation));
    }
    const list = async (target: string) => {
      const reply = await api.send({ target, token: 'reader-token' });
      assert.equal(reply.status, 200, reply.text);
      const { items, continue: next } = reply.json();
      return { items: items as { incarnation: string; lost: number }[], next };
    };
    const { items, next } = await list('/api/v1/receipts?limit=2');
    assert.deepEqual(
      items.map(({ incarnation }) => incarnation),
      ['three', 'two'],
    );
    assert.equal(items[0]?.lost, 3);
    const rest = await list(`/api/v1/receipts?limit=2&continue=${String(next)}`);
    assert.deepEqual([rest.items.map(({ incarnation }) => incarnation), rest.next], [['one'], undefined]);
    const named = await list('/api/v1/clusters/a/receipts');
    assert.deepEqual(
      named.items.map(({ incarnation }) => incarnation),
      ['three', 'one'],
    );
    assert.deepEqual((await list('/api/v1/clusters/other/receipts')).items, []);
    const target = '/api/v1/clusters/a/receipt?incarnation=one';
    assert.equal((await api.send({ target })).json().incarnation, 'one');
    assertError(await api.send({ target: `${target}x` }), 404, 'RECEIPT_NOT_FOUND');
    for (const token of ['x', Buffer.from('after:a').toString('base64url'), 'A'.repeat(300)]) {
      assertError(await api.send({ target: `/api/v1/receipts?continue=${token}` }), 400, 'CODEC');
    }
  });
});

describe('the newest events', () => {
  it('come first, so many as are asked for, of a type and a reason', async () => {
    await using api = await startTestServer();
    for (const [index, type] of (['Normal', 'Warning', 'Warning'] as const).entries()) {
      const text = { id: 'Text', params: { text: `${index}` } };
      const of = { kind: 'Cluster', name: 'a', incarnation: 'i', subject: '' };
      await api.events.add({ ...of, type, reason: `Reason${index}`, message: text });
    }
    const reasons = async (query: string) => {
      const headers = { accept: 'application/json' };
      const { items } = (await api.send({ target: `/api/v1/events?${query}`, headers })).json();
      return (items as { reason: string }[]).map(({ reason }) => reason);
    };
    assert.deepEqual(await reasons('last=50'), ['Reason2', 'Reason1', 'Reason0']);
    assert.deepEqual(await reasons('last=1'), ['Reason2']);
    assert.deepEqual(await reasons('last=50&type=Warning'), ['Reason2', 'Reason1']);
    assert.deepEqual(await reasons('last=50&reason=Reason0'), ['Reason0']);
    const target = '/api/v1/events?last=5&type=Bad';
    assertError(await api.send({ target, headers: { accept: 'application/json' } }), 400, 'CODEC');
  });
});

describe('all clusters counted', () => {
  const component = (name: string, version: string, phase: 'Ready' | 'Degraded') => ({ name, version, phase });

  it('are those of each phase, kind, version and reason, and whose credentials end soon', async () => {
    await using api = await startTestServer();
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    api.fleet.set(
      fakeRow('a', { phase: 'Ready', usage: 'worker', workerType: 'pipeline', kubernetesVersion: 'v1.36.4+k3s1' }),
      fakeRow('b', { phase: 'Degraded', usage: 'host', reason: 'HostNotReady', credentialExpiresAt: soon }),
      fakeRow('c', { phase: 'Deleting' }),
    );
    const { by_phase, by_kind, by_kubernetes, by_reason, credentials, running, total } = (
      await api.send({ target: '/api/v1/fleet/summary' })
    ).json();
    assert.deepEqual(by_phase, { Degraded: 1, Deleting: 1, Ready: 1 });
    assert.deepEqual(by_kind, { host: 1, pipeline: 1, unknown: 1 });
    assert.deepEqual(by_kubernetes, { unknown: 2, 'v1.36': 1 });
    assert.deepEqual(by_reason, { HostNotReady: 1, unknown: 1 });
    assert.deepEqual(credentials, { ended: 0, within_1_day: 1, within_7_days: 1, within_30_days: 1 });
    assert.deepEqual([running, total], [1, 3]);
  });

  it('have versions of components, with the names when one is asked for', async () => {
    await using api = await startTestServer();
    api.fleet.set(
      fakeRow('a', { components: [component('traefik', '41.3.0', 'Ready'), component('old', '1', 'Ready')] }),
      fakeRow('b', { components: [component('traefik', '41.3.0', 'Degraded')] }),
      fakeRow('c', { components: [component('traefik', '40.0.0', 'Ready')] }),
    );
    const matrix = async (query = '') =>
      (await api.send({ target: `/api/v1/fleet/components${query}` })).json()['items'];
    assert.deepEqual(await matrix(), [
      {
        name: 'traefik',
        category: 'gateway',
        version: '41.3.0',
        versions: [
          { version: '41.3.0', clusters: 2, not_ready: 1 },
          { version: '40.0.0', clusters: 1, not_ready: 0 },
        ],
      },
      { name: 'old', category: '', version: '', versions: [{ version: '1', clusters: 1, not_ready: 0 }] },
    ]);
    const versions = [{ version: '40.0.0', clusters: 1, not_ready: 0, names: ['c'] }];
    const wanted = { name: 'traefik', category: 'gateway', version: '41.3.0', versions, failing: [] };
    assert.deepEqual(await matrix('?component=traefik&version=40.0.0'), [wanted]);
    const why = { reason: 'Missing', message: message('Missing') };
    api.fleet.set(fakeRow('b', { components: [{ ...component('traefik', '41.3.0', 'Degraded'), why }] }));
    const [named] = (await matrix('?component=traefik')) as { failing: Record<string, unknown>[] }[];
    assert.deepEqual(
      named?.failing.map(({ cluster, reason, messageId }) => [cluster, reason, messageId]),
      [['b', 'Missing', 'Missing']],
    );
  });
});
