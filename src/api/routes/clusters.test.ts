import { verbatim } from '../../messages/message.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blankStatus, type ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { Receipt } from '../../resources/cluster/receipt.ts';
import type { Reply } from '../../contract/reply.ts';
import type { DeletionPlanReply } from '../../contract/schemas/deletion-plan.ts';
import { MAINTAINER_TOKEN, READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer } from '../testing/test-server.ts';

describe('saving', () => {
  it('answers the original’s message, the commit and where to watch', async () => {
    await using api = await startTestServer();
    const first = await api.send(saveRequest('one', MINIMAL_BODY));
    const { message, commit, changed, generation, status, events } = first.json();
    assert.equal(message, 'Successfully saved one cluster');
    assert.match(String(commit), /^c{40}$/);
    assert.equal(changed, true);
    assert.equal(first.headers.etag, `"${String(generation)}"`);
    assert.equal(status, '/api/v1/clusters/one/status');
    assert.equal(events, '/api/v1/clusters/one/events');
    assert.equal((await api.send(saveRequest('one', MINIMAL_BODY))).json().changed, false);
  });

  it('passes on what may be skipped, seen or forced', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY, '?insecure_skip_check=true&take_over=true'));
    await api.send({
      ...saveRequest('b', MINIMAL_BODY),
      headers: { 'content-type': 'application/json', 'if-match': 'W/"g1"' },
    });
    assert.deepEqual(
      api.registry.saves.map(({ options }) => options),
      [
        { skipCheck: true, takeOver: true },
        { skipCheck: false, takeOver: false, ifMatch: 'g1' },
      ],
    );
    await api.send({ method: 'DELETE', target: '/api/v1/clusters/a?force=true' });
    await api.send({ method: 'DELETE', target: '/api/v1/clusters/b', body: '{"force": true}' });
    assert.deepEqual(
      api.registry.deletes.map(({ options }) => options),
      [{ force: true }, { force: false }],
    );
  });

  it('of a deletion as a dry run answers what it would do and deletes nothing, whatever the run is called', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY));
    const dryRun = async (query: string) => api.send({ method: 'DELETE', target: `/api/v1/clusters/a?${query}` });
    for (const query of ['dry_run=true', 'dry_run=1', 'dry_run', 'dry_run=']) {
      const reply = await dryRun(query);
      assert.equal(reply.status, 200, reply.text);
      const plan = reply.json() as unknown as Reply<typeof DeletionPlanReply>;
      assert.deepEqual(plan.components, [{ name: 'argocd', objects: 1 }]);
      assert.deepEqual(
        [plan.commit_removes, plan.virtual_clusters, plan.reachable],
        ['clusters/a.yaml', ['v1'], true],
        'with the file, the virtual clusters and whether it answered',
      );
      assert.ok((plan.grace_seconds ?? 0) > 0);
      assert.deepEqual([plan.removed[0]?.name, plan.lost[0]?.name], ['argocd-server', 'notes']);
      assert.equal(plan.left[0]?.reason, 'it existed before');
      assert.deepEqual(
        plan.findings.map(({ reason, blocking }) => [reason, blocking]),
        [
          ['CLUSTER_IN_USE', true],
          ['WARNING', false],
        ],
      );
    }
    assert.doesNotMatch((await dryRun('dry_run=true&force=true')).text, /CLUSTER_IN_USE/);
    for (const query of ['dryRun=All', 'dry-run=true', 'dryrun=1', 'dry_run=maybe']) {
      assertError(await dryRun(query), 400, 'CODEC');
    }
    assertError(
      await api.send({ method: 'DELETE', target: '/api/v1/clusters/a?dry_run=true', token: READER_TOKEN }),
      403,
      'NO_AUTHORIZATION',
    );
    assertError(
      await api.send({ method: 'DELETE', target: '/api/v1/clusters/b?dry_run=true' }),
      404,
      'CLUSTER_NOT_FOUND',
    );
    assert.deepEqual(api.registry.deletes, []);
    await dryRun('dry_run=false');
    assert.equal(api.registry.deletes.length, 1);
  });

  it('is of the cluster in the path, whatever other names the request has', async () => {
    await using api = await startTestServer();
    const body = { ...MINIMAL_BODY, name: 'b', cluster_name: 'b', clusterName: 'b' };
    for (const query of ['?cluster_name=b', '?clusterName=b', '?body.name=b', '?name=b&cluster_name=b']) {
      const reply = await api.send(saveRequest('a', body, query));
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.json().message, 'Successfully saved a cluster');
    }
    assert.deepEqual(new Set(api.registry.saves.map(({ name }) => name)), new Set(['a']));
  });

  it('with If-Match: * needs a cluster that is there, which is told only to who may save', async () => {
    await using api = await startTestServer();
    const headers = { 'content-type': 'application/json', 'if-match': '*' };
    const request = { ...saveRequest('a', MINIMAL_BODY), headers };
    const plan = { ...request, target: `${request.target}/plan` };
    const rotation = { ...request, target: `${request.target}/rotate`, body: '' };
    for (const asked of [request, plan, rotation]) {
      assertError(await api.send({ ...asked, token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    }
    assertError(await api.send(request), 412, 'CLUSTER_CHANGED');
    await api.send(saveRequest('a', MINIMAL_BODY));
    for (const asked of [request, plan, rotation]) assert.equal((await api.send(asked)).status, 200);
    const { saves, plans, rotations } = api.registry;
    assert.deepEqual(
      [saves.at(-1), plans.at(-1), rotations.at(-1)].map((call) => call?.options.ifMatch),
      ['*', '*', '*'],
    );
  });

  it('warns of what it took and dropped, as a header and in the answer', async () => {
    await using api = await startTestServer();
    const body = `{ # 注释 "quoted"\n${JSON.stringify({ ...MINIMAL_BODY, tekton_host: 't' }).slice(1, -1)},\n}`;
    const reply = await api.send(saveRequest('a', body));
    assert.equal(reply.status, 200, reply.text);
    assert.equal((reply.json().warnings as string[]).length, 3);
    assert.match(
      reply.headers.warning ?? '',
      /^299 nautes "[^"]+", 299 nautes "[^"]+", 299 nautes "tekton_host [^"]+"$/,
    );
  });

  it('says where a body is neither JSON nor the form of the guide, and what was expected', async () => {
    await using api = await startTestServer();
    const entries = assertError(await api.send(saveRequest('a', '{\n  "usage" "host"\n}')), 400, 'CODEC');
    assert.deepEqual([entries.line, entries.column, entries.expected], ['2', '11', '":"']);
  });

  const contentTypes: readonly (readonly [string, boolean])[] = [
    ['application/json', true],
    ['text/json', true],
    ['application/json; charset=utf-8', true],
    ['application/json;foo', true],
    ['application/yaml', false],
    ['application/x-www-form-urlencoded', false],
    ['application/octet-stream', false],
    ['json', false],
    ['text/plain', false],
    ['application/problem+json', false],
    ['', false],
  ];
  it('needs a content type whose subtype is json', async () => {
    await using api = await startTestServer();
    for (const [type, accepted] of contentTypes) {
      const reply = await api.send({ ...saveRequest('a', MINIMAL_BODY), headers: { 'content-type': type } });
      assert.equal(reply.status, accepted ? 200 : 400, type);
      if (!accepted) assert.equal(reply.json().message, `unregister Content-Type: ${type}`);
    }
    const missing = await api.send({ ...saveRequest('a', MINIMAL_BODY), headers: {} });
    assert.equal(missing.json().message, 'unregister Content-Type: ');
    const empty = await api.send({ method: 'POST', target: '/api/v1/clusters/a' });
    assert.equal(empty.json().message, 'unregister Content-Type: ');
  });

  it('never shows the kubeconfig or the token, whatever goes wrong', async () => {
    await using api = await startTestServer();
    api.registry.interfere = async (useCase) => {
      if (useCase === 'save') throw new Error('disk canary-cause full');
    };
    const bodies = [
      { ...MINIMAL_BODY, kubeconfig: 'canary-kubeconfig' },
      { usage: 'x', kubeconfig: 'canary-kubeconfig' },
    ];
    for (const body of bodies) {
      const reply = await api.send(saveRequest('a', body));
      assert.ok(reply.status >= 400);
      assert.doesNotMatch(reply.text, /canary|token"/);
    }
  });
});

const RECEIPT: Receipt = {
  cluster: 'gone',
  incarnation: 'i',
  apiServer: 'https://127.0.0.1:6443',
  kubernetesUid: '',
  requestedBy: 'ada',
  requestedAt: '2026-01-02T03:04:05Z',
  completedAt: '2026-01-02T03:05:05Z',
  forced: false,
  outcome: 'Complete',
  commit: 'a'.repeat(40),
  created: [{ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'traefik' }],
  removed: [{ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'traefik' }],
  left: [],
  remaining: [],
};

describe('reading', () => {
  it('ignores the body and content type that the command line client sends with GET and DELETE', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY));
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{"name": ""}', '{', 'x'.repeat(5000)]) {
      assert.equal((await api.send({ target: '/api/v1/clusters/a', headers, body })).status, 200);
      assert.equal((await api.send({ target: '/api/v1/clusters', headers, body })).status, 200);
    }
    assert.equal((await api.send({ method: 'DELETE', target: '/api/v1/clusters/a', headers })).status, 200);
  });

  it('answers every field of a cluster and none that is secret', async () => {
    await using api = await startTestServer();
    const components_list = {
      event_listener: { name: 'argo-events' },
      gateway: { additions: { httpNodePort: '30080' } },
    };
    const vcluster = { https_node_port: '31000' };
    await api.send(saveRequest('a', { ...MINIMAL_BODY, components_list, vcluster, kubeconfig: 'canary' }));
    const reply = await api.send({ target: '/api/v1/clusters/a', headers: { accept: 'application/json' } });
    assert.deepEqual(reply.json(), {
      name: 'a',
      ...MINIMAL_BODY,
      host_cluster: '',
      primary_domain: '',
      worker_type: 'deployment',
      components_list: {
        multi_tenant: null,
        secret_sync: null,
        gateway: { name: '', namespace: '', additions: { httpNodePort: '30080' } },
        deployment: null,
        progressive_delivery: null,
        pipeline: null,
        event_listener: { name: 'argo-events', namespace: '', additions: {} },
      },
      reserved_namespaces_allowed_products: {},
      product_allowed_cluster_resources: {},
    });
  });

  it('shows clients that do not ask for JSON by name, as those of the original, the fields of 0.3 too', async () => {
    await using api = await startTestServer();
    const older = {
      argocd_host: 'argocd.example.com',
      tekton_host: 'tekton.example.com',
      traefik: { http_node_port: '30080', https_node_port: '30443' },
    };
    await api.send(saveRequest('a', { ...MINIMAL_BODY, worker_type: 'pipeline', ...older }));
    const asked: readonly Readonly<Record<string, string>>[] = [{}, { accept: '*/*' }];
    for (const headers of asked) {
      const one = await api.send({ target: '/api/v1/clusters/a', headers });
      assert.match(String(one.headers.vary), /Accept\b/);
      assert.partialDeepStrictEqual(one.json(), older);
      const components = one.json().components_list as Record<string, unknown>;
      assert.deepEqual(components['ingress_controller'], components['gateway']);
      const { items } = (await api.send({ target: '/api/v1/clusters', headers })).json();
      assert.deepEqual(items, [one.json()]);
      assert.equal((await api.send(saveRequest('a', one.json()))).status, 200, 'it can be sent back');
    }
    const present = await api.send({ target: '/api/v1/clusters/a', headers: { accept: 'application/json' } });
    assert.deepEqual(
      Object.keys(older).filter((field) => field in present.json()),
      [],
    );
  });

  it('lists by field selector and in pages', async () => {
    await using api = await startTestServer();
    for (const name of ['c', 'a', 'b'])
      await api.send(saveRequest(name, { ...MINIMAL_BODY, usage: name === 'b' ? 'host' : 'worker' }));
    const names = async (query: string) => {
      const reply = (await api.send({ target: `/api/v1/clusters${query}` })).json();
      return { names: (reply.items as { name: string }[]).map(({ name }) => name), next: reply.continue };
    };
    assert.deepEqual(await names(''), { names: ['a', 'b', 'c'], next: undefined });
    assert.deepEqual((await names('?field_selector=usage%3Dworker')).names, ['a', 'c']);
    const first = await names('?limit=2');
    assert.deepEqual(first.names, ['a', 'b']);
    assert.deepEqual(await names(`?limit=2&continue=${String(first.next)}`), { names: ['c'], next: undefined });
    assertError(await api.send({ target: '/api/v1/clusters?limit=x' }), 400, 'CODEC');
    assertError(await api.send({ target: '/api/v1/clusters?field_selector=foo%3D1' }), 400, 'CODEC');
  });

  it('answers 304 to who has the content, to each caller on its own', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('a', MINIMAL_BODY));
    for (const target of ['/api/v1/clusters', '/api/v1/clusters/a']) {
      const { headers } = await api.send({ target });
      assert.equal(headers['cache-control'], 'private, no-cache');
      assert.match(headers.vary ?? '', /^Authorization/);
      const again = await api.send({ target, headers: { 'if-none-match': headers.etag ?? '' } });
      assert.equal(again.status, 304);
      assert.equal(again.text, '');
      assert.equal(
        (await api.send({ target, headers: { 'if-none-match': headers.etag ?? '' }, token: null })).status,
        401,
      );
    }
    const before = (await api.send({ target: '/api/v1/clusters' })).headers.etag;
    await api.send(saveRequest('a', { ...MINIMAL_BODY, primary_domain: 'example.com' }));
    assert.notEqual((await api.send({ target: '/api/v1/clusters' })).headers.etag, before);
  });

  it('a list has clusters without a registration beside the others, with phase and reason', async () => {
    await using api = await startTestServer();
    for (const name of ['a', 'c']) await api.send(saveRequest(name, MINIMAL_BODY));
    assert.ok(!('unregistered' in (await api.send({ target: '/api/v1/clusters' })).json()));
    const message = verbatim('line 3');
    const ready = { type: 'Ready', status: 'False', reason: 'ClusterFileInvalid', lastTransitionTime: '' } as const;
    const blank = { incarnation: '', observedGeneration: '', commit: '' };
    for (const name of ['b', 'd']) {
      await api.status.set(blankStatus({ name, ...blank, phase: 'Failed', conditions: [{ ...ready, message }] }));
    }
    const namesOf = (list: unknown) => (list as readonly { readonly name: string }[]).map(({ name }) => name);
    const shown = async (query: string) => {
      const { items, unregistered = [] } = (await api.send({ target: `/api/v1/clusters?${query}` })).json();
      return [namesOf(items), namesOf(unregistered)];
    };
    assert.deepEqual(await shown(''), [
      ['a', 'c'],
      ['b', 'd'],
    ]);
    assert.deepEqual(await shown('limit=2'), [['a'], ['b']]);
    assert.deepEqual(await shown('field_selector=cluster_name=b'), [[], ['b']]);
    assert.deepEqual(await shown('field_selector=usage=worker'), [['a', 'c'], []]);
    const { unregistered } = (await api.send({ target: '/api/v1/clusters' })).json();
    const [b] = unregistered as readonly { readonly phase: string; readonly reason: string }[];
    assert.deepEqual([b?.phase, b?.reason], ['Failed', 'ClusterFileInvalid']);
  });

  it('shows the status, pending until there is one, and the receipt also of a cluster that is gone', async () => {
    await using api = await startTestServer();
    assertError(await api.send({ target: '/api/v1/clusters/a/status' }), 404, 'CLUSTER_NOT_FOUND');
    await api.send(saveRequest('a', MINIMAL_BODY));
    const status = (await api.send({ target: '/api/v1/clusters/a/status' })).json() as unknown as ClusterStatus;
    assert.equal(status.phase, 'Pending');
    await api.status.set({ ...status, phase: 'Ready' });
    assert.equal((await api.send({ target: '/api/v1/clusters/a/status' })).json().phase, 'Ready');
    assertError(await api.send({ target: '/api/v1/clusters/gone/receipt' }), 404, 'RECEIPT_NOT_FOUND');
    api.receipts.set(RECEIPT);
    assert.equal((await api.send({ target: '/api/v1/clusters/gone/receipt' })).json().outcome, 'Complete');
  });
});

describe('asking for a rotation', () => {
  const target = '/api/v1/clusters/one/rotate';

  it('answers as a save does and passes on what was seen and under which name', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('one', MINIMAL_BODY));
    const headers = { 'idempotency-key': 'monday-1', 'if-match': '"g"' };
    const first = await api.send({ method: 'POST', target, headers });
    assert.equal(first.status, 200, first.text);
    const { changed, generation, status } = first.json();
    assert.deepEqual([changed, status], [true, '/api/v1/clusters/one/status']);
    assert.equal(first.headers.etag, `"${String(generation)}"`);
    assert.equal((await api.send({ method: 'POST', target, headers })).json().changed, false);
    await api.send({ method: 'POST', target });
    assert.deepEqual(
      api.registry.rotations.map(({ options }) => options),
      [{ key: 'monday-1', ifMatch: 'g' }, { key: 'monday-1', ifMatch: 'g' }, {}],
    );
  });

  it('needs a maintainer, a cluster that is there and a key that a file can hold', async () => {
    await using api = await startTestServer();
    assertError(await api.send({ method: 'POST', target }), 404, 'CLUSTER_NOT_FOUND');
    assertError(await api.send({ method: 'POST', target, token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    const headers = { 'idempotency-key': 'a b' };
    assertError(await api.send({ method: 'POST', target, headers }), 400, 'CODEC');
    assert.deepEqual(api.registry.rotations, []);
  });
});

describe('who did what', () => {
  it('the last commit of a cluster names its author, time and operation', async () => {
    await using api = await startTestServer();
    await api.send(saveRequest('one', MINIMAL_BODY));
    const reply = await api.send({ target: '/api/v1/clusters/one/commit', token: READER_TOKEN });
    assert.deepEqual(reply.json(), {
      commit: 'c'.repeat(40),
      author: 'ada',
      time: '2026-01-02T03:04:05Z',
      subject: 'Save cluster one',
      operation: 'save',
      request_id: 'r',
    });
    assertError(await api.send({ target: '/api/v1/clusters/two/commit' }), 404, 'CLUSTER_NOT_FOUND');
  });

  it('a caller learns the name and the role of the token, the version of the server and its installation', async () => {
    await using api = await startTestServer();
    for (const [token, role] of [
      [READER_TOKEN, 'reader'],
      [MAINTAINER_TOKEN, 'maintainer'],
    ] as const) {
      const reply = await api.send({ target: '/api/v1/caller', token });
      assert.deepEqual(reply.json(), { id: token, name: token, role, server_version: '1.2.3', installation: 'tests' });
    }
  });

  it('all clusters at once tell in short how they are, in the order of their names', async () => {
    await using api = await startTestServer();
    const status: ClusterStatus = {
      name: 'b',
      incarnation: 'i',
      phase: 'Degraded',
      observedGeneration: 'g',
      conditions: [
        { type: 'Reachable', status: 'True', reason: 'R', message: verbatim('m'), lastTransitionTime: '' },
        { type: 'Ready', status: 'False', reason: 'Away', message: verbatim('it is away'), lastTransitionTime: '' },
      ],
      components: [],
      credential: { expiresAt: '2026-12-01T00:00:00Z', rotatedAt: '' },
      kubernetes: { version: 'v1.36.4', uid: 'u' },
      entryPoints: [],
      commit: '',
    };
    await api.status.set(status);
    await api.status.set({ ...status, name: 'a', conditions: [] });
    const reply = await api.send({ target: '/api/v1/statuses', token: READER_TOKEN });
    const { items } = reply.json() as { readonly items: readonly Record<string, unknown>[] };
    assert.deepEqual(
      items.map(({ name, phase, reason, message }) => [name, phase, reason, message]),
      [
        ['a', 'Degraded', '', ''],
        ['b', 'Degraded', 'Away', 'it is away'],
      ],
    );
  });
});
