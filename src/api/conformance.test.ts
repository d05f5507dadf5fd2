import { message } from '../messages/message.ts';
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { NautesError } from '../errors/errors.ts';
import type { ClusterDraft } from '../resources/cluster/cluster-draft.ts';
import { fakeCluster } from './testing/fake-registry.ts';
import { readSamples, sharedMissing } from './testing/samples.ts';
import { startTestServer, type TestReply, type TestServer } from './testing/test-server.ts';

interface HttpSample {
  readonly note: string;
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
  };
  readonly response: {
    readonly status: number;
    readonly content_type: string | null;
    readonly location: string | null;
    readonly json: Readonly<Record<string, unknown>> | null;
    readonly text: string | null;
  };
}

interface CliSample {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/**
 * Where we answer otherwise on purpose. Besides these, an error's `metadata` is filled, save and delete answer
 * additional fields, and clusters have those of 0.3 too.
 */
const DELIBERATE_DIFFERENCES: Readonly<Record<string, (reply: TestReply) => void>> = {
  'camelCase names': (reply) => assert.equal(reply.status, 200, 'the spelling of 0.2 is understood'),
  'handler returned wrapped Kratos error': (reply) => {
    assert.equal(reply.status, 403);
    assert.equal(reply.json().reason, 'NO_AUTHORIZATION');
    assert.notEqual(reply.json().message, '', 'the message is ours: there is no project to get');
  },
};

const STUB: ClusterDraft = {
  apiServer: 'https://1.2.3.4:6443',
  clusterKind: '',
  clusterType: '',
  usage: '',
  hostCluster: '',
  workerType: '',
  primaryDomain: '',
  vclusterNodePort: '',
  components: {
    gateway: { name: 'traefik', namespace: 'traefik', additions: { httpNodePort: '30080' } },
    deployment: { name: 'argocd', namespace: '', additions: {} },
  },
  withoutComponents: undefined,
  adoptComponents: undefined,
  cloneOf: '',
  reservedNamespacesAllowedProducts: {},
  productAllowedClusterResources: {},
  kubeconfig: undefined,
};

// The addresses in the samples are data here: the registry of these tests connects to nothing.
describe('recorded exchanges with the original', { skip: sharedMissing }, () => {
  let api: TestServer;

  before(async () => {
    api = await startTestServer();
    api.registry.interfere = async (_useCase, name) => {
      if (name === 'noauth') {
        throw new NautesError('NoAuthorization', {
          caller: 'somebody',
          action: message('verb.read'),
          missing: message('NoAuthorization.noToken'),
          needed: message('needed.acceptedToken'),
          grant: message('grant.sendToken'),
        });
      }
    };
  });

  beforeEach(() => void api.registry.clusters.set('x', { cluster: fakeCluster('x', STUB), generation: 'g' }));
  after(() => api.server.close());

  const samples = sharedMissing ? [] : readSamples<HttpSample>('reference/conformance/http.sample.jsonl');
  for (const sample of samples.filter(({ request }) => request.target.includes('/clusters'))) {
    const { request, response } = sample;
    const title = `${request.method} ${request.target} ${(request.body ?? '').slice(0, 60)}`;
    it(`answers as recorded: ${title}`, async () => {
      const body = request.body === null ? {} : { body: request.body };
      const reply = await api.send({
        ...body,
        method: request.method,
        target: request.target,
        headers: request.headers,
      });
      const difference = response.status === 301 ? assertServed : DELIBERATE_DIFFERENCES[sample.note];
      if (difference === undefined) assertSame(reply, response);
      else difference(reply);
    });
  }

  const cliSamples = sharedMissing ? [] : readSamples<CliSample>('reference/conformance/cli.sample.jsonl');
  for (const sample of cliSamples.filter(({ path }) => path.includes('/clusters'))) {
    it(`understands the command line client: ${sample.method} ${sample.path}`, async () => {
      const body = sample.body === null ? {} : { body: JSON.stringify(sample.body) };
      const { 'Content-Type': type = '', 'User-Agent': agent = '' } = sample.headers;
      const headers = { 'Content-Type': type, 'User-Agent': agent };
      const reply = await api.send({ ...body, method: sample.method, target: sample.path, headers });
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.headers.warning, undefined);
    });
  }

  it('takes the pipeline worker of the command line client over as it is', async () => {
    const sample = cliSamples.find(({ path }) => path.endsWith('/vcluster-s1'));
    assert.ok(sample);
    await api.send({
      method: 'POST',
      target: sample.path,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(sample.body),
    });
    const draft = api.registry.saves.at(-1)?.draft;
    assert.equal(draft?.workerType, 'pipeline');
    assert.equal(draft.vclusterNodePort, '31456');
    assert.deepEqual(draft.components.pipeline, { name: 'tekton', namespace: 'tekton-pipelines', additions: {} });
    assert.deepEqual(draft.reservedNamespacesAllowedProducts['hnc-system'], ['demo-s1']);
    assert.deepEqual(draft.productAllowedClusterResources['demo-s1'], [
      { kind: 'ClusterRole', group: 'authorization.k8s.io' },
      { kind: 'ClusterRoleBinding', group: 'authorization.k8s.io' },
    ]);
  });
});

/** What the original redirects is served: its client follows with a GET, whatever the method was. */
function assertServed(reply: TestReply): void {
  assert.equal(reply.status, 200, reply.text);
}

function assertSame(reply: TestReply, expected: HttpSample['response']): void {
  assert.equal(reply.status, expected.status, reply.text);
  assert.equal(reply.headers['content-type'] ?? null, expected.content_type);
  assert.equal(reply.headers.location ?? null, expected.location);
  if (expected.json === null) return assert.equal(reply.text, expected.text ?? '');
  const { metadata: _, ...fields } = expected.json;
  assert.partialDeepStrictEqual(reply.json(), fields);
}
