import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { READER_TOKEN } from '../testing/fake-registry.ts';
import { assertError, MINIMAL_BODY, saveRequest, startTestServer, type TestRequest } from '../testing/test-server.ts';

interface PlanFields {
  readonly changed: boolean;
  readonly diff: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  readonly diff_omitted?: number;
  readonly findings: readonly { readonly reason: string; readonly field: string; readonly blocking: boolean }[];
}

const planRequest = (name: string, body: unknown, query = ''): TestRequest => ({
  ...saveRequest(name, body),
  target: `/api/v1/clusters/${name}/plan${query}`,
});

describe('planning', () => {
  it('takes what a save takes and passes on what may be skipped or was seen', async () => {
    await using api = await startTestServer();
    const headers = { 'content-type': 'application/json', 'if-match': '"g1"' };
    await api.send({ ...planRequest('a', { ...MINIMAL_BODY, apiServer: '' }, '?insecure_skip_check=true'), headers });
    assert.deepEqual(api.registry.plans[0]?.options, { skipCheck: true, takeOver: false, ifMatch: 'g1' });
    assert.equal(api.registry.plans[0]?.draft.apiServer, MINIMAL_BODY.api_server);
    assert.equal(api.registry.saves.length, 0);
  });

  it('answers what is wrong with the shape as findings, what blocks first, a field once', async () => {
    await using api = await startTestServer();
    const reply = await api.send(planRequest('a', { usage: 'x', tekton_host: 't' }));
    const { findings } = reply.json() as unknown as PlanFields;
    assert.deepEqual(
      findings.map(({ reason, field, blocking }) => [reason, field, blocking]),
      [
        ['VALIDATOR', 'api_server', true],
        ['VALIDATOR', 'cluster_kind', true],
        ['VALIDATOR', 'cluster_type', true],
        ['VALIDATOR', 'usage', true],
        ['WARNING', '', false],
        ['WARNING', '', false],
      ],
    );
  });

  it('names the fields that change by their names on the wire, and nothing of the kubeconfig', async () => {
    await using api = await startTestServer();
    const gateway = { name: 'traefik', namespace: 'traefik', additions: { httpNodePort: '30080' } };
    await api.send(saveRequest('a', { ...MINIMAL_BODY, components_list: { gateway } }));
    const wanted = { ...gateway, additions: { httpNodePort: '30081' } };
    const body = { ...MINIMAL_BODY, usage: 'host', components_list: { gateway: wanted }, kubeconfig: 'canary' };
    const reply = await api.send(planRequest('a', body));
    assert.doesNotMatch(reply.text, /canary/);
    assert.deepEqual((reply.json() as unknown as PlanFields).diff, [
      { field: 'components_list.gateway.additions.httpNodePort', before: '30080', after: '30081' },
      { field: 'usage', before: 'worker', after: 'host' },
      { field: 'worker_type', before: 'deployment', after: '' },
      { field: 'kubeconfig', before: '', after: 'new' },
    ]);
  });

  it('shows a part of a long difference, and how much there is besides', async () => {
    await using api = await startTestServer();
    const products = Array.from({ length: 250 }, (_, index) => [`namespace-${index}`, ['p'.repeat(50)]] as const);
    const allowed = Object.fromEntries([...products, ['a', Array.from({ length: 100 }, () => 'p'.repeat(50))]]);
    const body = { ...MINIMAL_BODY, reserved_namespaces_allowed_products: allowed, kubeconfig: 'new' };
    const reply = (await api.send(planRequest('a', body))).json() as unknown as PlanFields;
    assert.equal(reply.diff.length, 200);
    assert.ok((reply.diff_omitted ?? 0) > 50);
    assert.deepEqual(reply.diff.at(-1), { field: 'kubeconfig', before: '', after: 'new' });
    assert.equal(Math.max(...reply.diff.map(({ after }) => after.length)), 2_000);
    assert.ok(reply.diff.some(({ after }) => after.endsWith('…')));
  });

  it('does not decode a large body of a caller who may not register clusters', async () => {
    await using api = await startTestServer();
    const body = `{"a": [${'0,'.repeat(200_000)}`; // it is no JSON: a decoder would say so
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${READER_TOKEN}` };
    for (const request of [planRequest('a', ''), saveRequest('a', '')]) {
      assertError(await api.send({ ...request, headers, body }), 403, 'NO_AUTHORIZATION');
    }
  });

  it('refuses a body of more values than a cluster has, and a map of more entries', async () => {
    await using api = await startTestServer();
    const list = Array.from({ length: 20_000 }, () => 'p');
    const many = await api.send(planRequest('a', { ...MINIMAL_BODY, product_allowed_cluster_resources: { a: list } }));
    assertError(many, 400, 'CODEC');
    assert.match(many.text, /more than 20000 names and values/);
    const additions = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`a${index}`, 'x']));
    const gateway = { name: 'traefik', namespace: 'traefik', additions };
    const map = await api.send(planRequest('a', { ...MINIMAL_BODY, components_list: { gateway } }));
    assert.match(map.text, /more than 1000 map keys/);
  });

  it('refuses more settings of a component than one can have, in its place', async () => {
    await using api = await startTestServer();
    const additions = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`a${index}`, 'x']));
    const gateway = { name: 'traefik', namespace: 'traefik', additions };
    const reply = await api.send(planRequest('a', { ...MINIMAL_BODY, components_list: { gateway } }));
    const { findings } = reply.json() as unknown as PlanFields;
    assert.ok(findings.some(({ field, blocking }) => blocking && field === 'components_list.gateway.additions'));
    assert.doesNotMatch(reply.text, /a100/);
  });

  it('reads a large body as JSON only', async () => {
    await using api = await startTestServer();
    const text = `{ # a comment\n"api_server": "${'x'.repeat(70_000)}" }`;
    const headers = { 'content-type': 'application/json' };
    assertError(await api.send({ ...planRequest('a', ''), headers, body: text }), 400, 'CODEC');
  });

  it('needs a maintainer, a name that is one and a body that can be decoded', async () => {
    await using api = await startTestServer();
    assertError(await api.send({ ...planRequest('a', MINIMAL_BODY), token: READER_TOKEN }), 403, 'NO_AUTHORIZATION');
    assertError(await api.send(planRequest('a', '{')), 400, 'CODEC');
    const { findings } = (await api.send(planRequest('UPPER', MINIMAL_BODY))).json() as unknown as PlanFields;
    assert.ok(findings.some(({ field, blocking }) => field === 'cluster_name' && blocking));
  });
});

describe('what the server tells about itself', () => {
  it('is for readers', async () => {
    await using api = await startTestServer();
    const catalog = await api.send({ target: '/api/v1/catalog', token: READER_TOKEN });
    assert.deepEqual(catalog.json(), { components: [], varieties: [] });
    const metrics = await api.send({ target: '/metrics', token: READER_TOKEN });
    assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(metrics.text, 'up 1\n');
  });
});

describe('an empty body', () => {
  it('is named as such among what is missing', async () => {
    await using api = await startTestServer();
    const entries = assertError(await api.send(saveRequest('a', '')), 400, 'VALIDATOR');
    assert.equal(entries.request, 'the body is empty. Send the cluster as JSON.');
    assert.ok(entries.api_server);
  });
});
