import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readSamples, sharedMissing } from '../../src/api/testing/samples.ts';
import { CommandLine } from '../harness/command-line.ts';
import { type RecordedRequest, RecordingServer } from '../harness/recording-server.ts';

const FILES = join(import.meta.dirname, 'original');
const CLUSTERS = join(FILES, 'clusters.yaml');
const PRODUCT = join(FILES, 'product.yaml');

const of = (plural: string): string => `/api/v1/products/{product_name}/${plural}/{some_name}`;
/** What a server of the original serves. */
const EVERYTHING = [
  '/api/v1/clusters/{cluster_name}',
  '/api/v1/products/{product_name}',
  ...['environments', 'projects', 'coderepos', 'coderepobindings'].map(of),
  ...['projectpipelineruntimes', 'deploymentruntimes'].map(of),
];

async function recorded(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  serves: readonly string[] = EVERYTHING,
): Promise<{ readonly requests: readonly RecordedRequest[]; readonly code: number; readonly stderr: string }> {
  await using server = await RecordingServer.start({ serves });
  await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 'tok', ...environment });
  const { code, stderr } = await user.run(...args);
  return { requests: server.requests, code, stderr };
}

const lines = (requests: readonly RecordedRequest[]): readonly string[] =>
  requests.map(({ method, path }) => `${method} ${path}`);

interface Sample {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

describe('files and commands of the original', () => {
  /** The command that makes the request of each sample, by `METHOD path`. */
  const commands: Readonly<Record<string, readonly string[]>> = {
    'POST /api/v1/clusters/host-s1': ['apply', '-f', CLUSTERS],
    'POST /api/v1/clusters/vcluster-s1': ['apply', '-f', CLUSTERS],
    'POST /api/v1/products/demo-s1/environments/env-dev-demo-s1': ['apply', '-f', PRODUCT],
    'POST /api/v1/products/demo-s1/projects/project-demo-s1': ['apply', '-f', PRODUCT],
    'POST /api/v1/clusters/host-s1?insecure_skip_check=true': ['apply', '-f', CLUSTERS, '-i'],
    'DELETE /api/v1/products/demo-s1/coderepobindings/coderepobinding-deploy-dr-demo-s1': ['remove', '-f', PRODUCT],
    'DELETE /api/v1/products/demo-s1/projects/project-demo-s1': ['remove', '-f', PRODUCT],
    'DELETE /api/v1/clusters/host-s1': ['remove', '-f', CLUSTERS],
    'GET /api/v1/products/': ['get', 'prods'],
    'GET /api/v1/products/p1/environments/n1': ['get', 'env', 'n1', '-p', 'p1'],
    'DELETE /api/v1/products/p1/projects/n1': ['delete', 'proj', 'n1', '-y', '-p', 'p1'],
    'GET /api/v1/products/p1/coderepobindings/': ['get', 'crbs', '-p', 'p1'],
    'GET /api/v1/products/p1/projectpipelineruntimes/n1': ['get', 'ppr', 'n1', '-p', 'p1'],
    'DELETE /api/v1/products/p1/deploymentruntimes/n1': ['delete', 'dr', 'n1', '-y', '-p', 'p1'],
  };
  const samples = sharedMissing === false ? readSamples<Sample>('reference/conformance/cli.sample.jsonl') : [];
  const made = new Map<string, ReturnType<typeof recorded>>();

  it('there is a command for every sample', { skip: sharedMissing }, () => {
    assert.deepEqual(
      samples.map(({ method, path }) => `${method} ${path}`).filter((request) => commands[request] === undefined),
      [],
    );
  });

  for (const { method, path, headers, body } of samples) {
    it(`make the request ${method} ${path}`, async () => {
      const args = commands[`${method} ${path}`] ?? [];
      const key = args.join(' ');
      if (!made.has(key)) made.set(key, recorded(args));
      const { requests, code, stderr } = await (made.get(key) as ReturnType<typeof recorded>);
      assert.equal(code, 0, stderr);
      // A list is asked for without the slash that made the original's servers redirect, and GET carries no body.
      const wanted = path.replace(/\/$/, '');
      const found = requests.find((request) => request.method === method && request.path === wanted);
      assert.ok(found, lines(requests).join('\n'));
      assert.deepEqual(found.body, method === 'GET' ? null : body);
      assert.equal(found.headers.authorization, headers['Authorization']);
      assert.equal(found.headers['content-type'], headers['Content-Type']);
    });
  }

  it('are sent in the order of their kinds, and removed in the reverse', async () => {
    const applied = await recorded(['apply', '-f', PRODUCT, '-f', CLUSTERS]);
    const order = [
      '/api/v1/clusters/host-s1',
      '/api/v1/clusters/vcluster-s1',
      '/api/v1/products/demo-s1',
      '/api/v1/products/demo-s1/environments/env-dev-demo-s1',
      '/api/v1/products/demo-s1/projects/project-demo-s1',
      '/api/v1/products/demo-s1/coderepos/coderepo-deploy',
      '/api/v1/products/demo-s1/coderepobindings/coderepobinding-deploy-dr-demo-s1',
      '/api/v1/products/demo-s1/projectpipelineruntimes/pr-demo-s1',
      '/api/v1/products/demo-s1/deploymentruntimes/dr-demo-s1',
    ];
    assert.deepEqual(
      lines(applied.requests),
      order.map((path) => `POST ${path}`),
    );
    const removed = await recorded(['remove', '-f', PRODUCT, '-f', CLUSTERS]);
    assert.deepEqual(
      lines(removed.requests),
      order.toReversed().map((path) => `DELETE ${path}`),
    );
  });

  it('are sent with every field of every kind, empty ones in the original’s way', async () => {
    const { requests } = await recorded(['apply', '-f', PRODUCT]);
    const bodies = Object.fromEntries(requests.map(({ path, body }) => [path.split('/').at(-1), body]));
    assert.deepEqual(bodies['demo-s1'], {
      name: 'demo-s1',
      git: { gitlab: { name: 'demo-s1', path: 'demo-s1', visibility: 'private', description: '', parent_id: 7 } },
    });
    assert.deepEqual(bodies['coderepo-deploy'], {
      name: 'coderepo-deploy',
      product: 'demo-s1',
      project: 'project-demo-s1',
      git: {
        gitlab: {
          name: 'coderepo-deploy',
          path: 'coderepo-deploy',
          visibility: 'private',
          description: 'text with --- in it',
          ssh_url_to_repo: '',
          http_url_to_repo: '',
        },
      },
      webhook: { events: ['push_events'] },
      deployment_runtime: true,
      pipeline_runtime: false,
    });
    assert.deepEqual(bodies['dr-demo-s1'], {
      name: 'dr-demo-s1',
      account: 'dr-account',
      product: 'demo-s1',
      manifest_source: { code_repo: 'coderepo-deploy', target_revision: 'main', path: 'deployments/test' },
      projects_ref: ['project-demo-s1'],
      destination: { environment: 'env-dev-demo-s1', namespaces: ['dr-demo-ns'] },
    });
    assert.deepEqual(bodies['pr-demo-s1'], {
      name: 'pr-demo-s1',
      account: 'pr-account',
      project: 'project-demo-s1',
      destination: { environment: 'env-dev-demo-s1', namespace: 'pr-demo-ns' },
      isolation: 'exclusive',
      pipelines: [{ name: 'pipeline-dev', label: 'main', path: 'pipelines/main.yaml' }],
      product: 'demo-s1',
      pipeline_source: 'coderepo-pipeline',
      event_sources: [
        {
          name: 'webhook',
          gitlab: { repo_name: 'coderepo-sc', revision: 'main', events: ['push_events'] },
          calendar: null,
        },
        {
          name: 'nightly',
          gitlab: null,
          calendar: { schedule: '0 0 * * *', interval: '', exclusion_dates: null, timezone: '' },
        },
      ],
      pipeline_triggers: [
        {
          event_source: 'webhook',
          pipeline: 'pipeline-dev',
          revision: '',
          inputs: [{ source: { from_event: '$.ref' }, transmission_method: { kustomization: { path: 'overlay' } } }],
        },
      ],
      additional_resources: { git: { coderepo: 'coderepo-pipeline', url: '', revision: 'main', path: 'test' } },
      hooks: { pre_hooks: [{ name: 'git-clone', vars: { depth: '1' } }] },
    });
  });

  it('of kinds that the server does not serve get one sentence before anything is sent', async () => {
    const { requests, code, stderr } = await recorded(['apply', '-f', CLUSTERS, '-f', PRODUCT], {}, [
      EVERYTHING[0] ?? '',
    ]);
    assert.deepEqual(requests, []);
    assert.equal(code, 1);
    assert.match(stderr, /^nautes: the server \S+ does not serve Product, Environment, .*DeploymentRuntime yet\n/);
    assert.equal(stderr.trim().split('\n').length, 2, 'the sentence and what to do');
  });

  it('the environment variables of the original are read, and flags win over them', async () => {
    await using server = await RecordingServer.start({ serves: EVERYTHING });
    await using user = await CommandLine.open({ API_SERVER: 'http://127.0.0.1:1', GIT_TOKEN: 'no', PRODUCT: 'no' });
    const { code, stderr } = await user.run('get', 'env', 'n1', '-s', `${server.url}/`, '-t', 'yes', '-p', 'p1');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /a token on the command line can be seen by others/);
    assert.deepEqual(lines(server.requests), ['GET /api/v1/products/p1/environments/n1']);
    assert.equal(server.requests[0]?.headers.authorization, 'Bearer yes');
    user.environment['API_SERVER'] = server.url;
    user.environment['PRODUCT'] = 'p2';
    assert.equal((await user.run('get', 'env', 'n1')).code, 0);
    assert.equal(lines(server.requests).at(-1), 'GET /api/v1/products/p2/environments/n1');
  });
});

describe('the original’s faults are not kept', () => {
  it('secrets are not printed', async () => {
    await using server = await RecordingServer.start({ serves: EVERYTHING });
    await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 'canary-token' });
    const document = (kubeconfig: string): string => `kind: Cluster\nspec: {name: a, kubeconfig: ${kubeconfig}}\n`;
    for (const args of [['apply'], ['apply', '--dry-run'], ['apply', '--dry-run=client', '-o', 'yaml'], ['remove']]) {
      const { stdout, stderr, code } = await user.feed(document('canary-kubeconfig'), ...args, '-f', '-');
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stdout + stderr, /canary/, args.join(' '));
    }
  });

  it('names are percent-encoded, also those that look like parts of a path', async () => {
    await using server = await RecordingServer.start({ serves: EVERYTHING });
    await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 'tok' });
    for (const name of ['a/b', '..', 'a?b', '集群']) await user.run('delete', 'cluster', name, '-y');
    assert.deepEqual(lines(server.requests), [
      'DELETE /api/v1/clusters/a%2Fb',
      'DELETE /api/v1/clusters/..',
      'DELETE /api/v1/clusters/a%3Fb',
      'DELETE /api/v1/clusters/%E9%9B%86%E7%BE%A4',
    ]);
  });

  it('unknown kinds and documents without one are refused, and nothing of the others is sent', async () => {
    for (const wrong of ['kind: Clustr\nspec: {name: b}', 'spec: {name: b}', 'kind: cluster\nspec: {name: b}', '- a']) {
      await using server = await RecordingServer.start({ serves: EVERYTHING });
      await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 'tok' });
      const good = 'kind: Cluster\nspec: {name: a}\n';
      const { code, stderr } = await user.feed(`${good}---\n${wrong}\n`, 'apply', '-f', '-');
      assert.ok(code !== 0, wrong);
      assert.match(stderr, /standard input, document 2/);
      assert.deepEqual(server.requests, []);
    }
  });

  it('a redirect is not followed: a DELETE never becomes a GET, and the token goes nowhere else', async () => {
    await using elsewhere = await RecordingServer.start();
    await using server = await RecordingServer.start({
      answer: (_request, response) => {
        response.writeHead(301, { location: `${elsewhere.url}/api/v1/clusters/a` }).end();
        return true;
      },
    });
    await using user = await CommandLine.open({ API_SERVER: server.url, GIT_TOKEN: 'tok' });
    const { code, stderr, stdout } = await user.run('delete', 'cluster', 'a', '-y');
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /refers to http:\/\/127/);
    assert.deepEqual(lines(server.requests), ['DELETE /api/v1/clusters/a']);
    assert.deepEqual(elsewhere.requests, []);
  });
});
