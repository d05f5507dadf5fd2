import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { TokenFiles } from '../../src/identity/index.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { type NautesServer, startServer } from '../../src/server/server.ts';
import { ApiClient } from '../harness/api-client.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

describe('a running server', () => {
  let directory: string;
  let sandbox: Sandbox;
  let server: NautesServer;
  let maintainer: ApiClient;
  let reader: ApiClient;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-server-'));
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    server = await startServer(await configured({}), silentLogger, AbortSignal.timeout(120_000));
    maintainer = await client('maintainer');
    reader = await client('reader');
  });
  after(async () => {
    await server.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  function configured(environment: Record<string, string>) {
    return loadConfiguration({
      environment: { NAUTES_CATALOG_FILES: STAND_INS, NAUTES_METRICS_LISTEN: '127.0.0.1:0', ...environment },
      overrides: { dataDirectory: join(directory, 'data'), listen: '127.0.0.1:0' },
    });
  }

  async function client(role: 'maintainer' | 'reader'): Promise<ApiClient> {
    const token = await new TokenFiles(join(directory, 'data/tokens')).create({ name: role, role });
    return new ApiClient(() => server.url, token.reveal());
  }

  const body = () => {
    const [cluster] = sandbox.clusters;
    assert.ok(cluster);
    const { server: api_server } = cluster;
    const kubeconfig = cluster.kubeconfig();
    return { api_server, cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'host', kubeconfig };
  };

  it('is ready with each of its parts', async () => {
    const { status, body: ready } = await reader.request('GET', '/readyz');
    const checks = {
      config_repository: 'ok',
      secret_store: 'ok',
      status_store: 'ok',
      token_store: 'ok',
      disk: 'ok',
      controllers: 'ok',
      helm: 'ok',
    };
    assert.deepEqual([status, ready], [200, { status: 'ready', checks, reasons: {} }]);
  });

  it('shows its catalogue and plans', async () => {
    const { body: catalog } = await reader.request('GET', '/api/v1/catalog');
    assert.ok((catalog['components'] as { name: string }[]).some(({ name }) => name === 'traefik'));
    const plan = await maintainer.request('POST', '/api/v1/clusters/planned/plan', body());
    assert.deepEqual([plan.status, plan.body['changed'], plan.body['findings']], [200, true, []]);
    assert.equal((await maintainer.request('GET', '/api/v1/clusters/planned')).status, 404);
  });

  it('names an address that is refused together with everything else that is wrong', async () => {
    const wrong = { ...body(), api_server: 'https://169.254.169.254:6443', kubeconfig: 'users: [' };
    const { status, body: reply } = await maintainer.request(
      'POST',
      '/api/v1/clusters/wrong?insecure_skip_check=true',
      wrong,
    );
    assert.deepEqual([status, reply['reason']], [400, 'CLUSTER_INVALID']);
    const named = reply['metadata'] as Record<string, string>;
    assert.match(named['api_server'] ?? '', /169\.254\.169\.254/);
    assert.match(named['kubeconfig'] ?? '', /YAML/);
    const { body: alone } = await maintainer.request('POST', '/api/v1/clusters/wrong', {
      ...body(),
      api_server: wrong.api_server,
    });
    assert.equal(alone['reason'], 'CLUSTER_ADDRESS_REFUSED');
  });

  it('counts what it does, without a name that people gave or anything secret', async () => {
    const name = 'canary-cluster';
    assert.equal((await maintainer.save(name, body())).status, 200);
    await maintainer.waitForPhase(name, 'Ready');
    const { status, body: reply } = await reader.request('GET', '/metrics');
    assert.equal(status, 200);
    const text = String(reply['text']);
    const expected = [
      /^nautes_http_requests_total\{method="POST",route="\/api\/v1\/clusters\/\{cluster_name\}",status="200"\} 1$/m,
      /^nautes_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/clusters\/\{cluster_name\}"\} [1-9]/m,
      /^nautes_git_commits_total 1$/m,
      /^nautes_git_pushes_total\{result="accepted"\} 1$/m,
      /^nautes_git_batch_commits_sum 1$/m,
      /^nautes_reconcile_total\{lane="healthy",result="done"\} [1-9]/m,
      /^nautes_reconcile_duration_seconds_count\{lane="healthy"\} [1-9]/m,
      /^nautes_clusters\{phase="Ready"\} 1$/m,
      /^nautes_components\{component="traefik",phase="Ready"\} 1$/m,
      /^nautes_credential_expiry_timestamp_seconds \d+/m,
      /^nautes_credentials_expiring 0$/m,
      /^nautes_workqueue_depth\{lane="suspect"\} 0$/m,
      /^nautes_event_streams_open 0$/m,
      /^nautes_config_repository_current 1$/m,
      /^nautes_build_info\{version="[^"]+"\} 1$/m,
      /^nodejs_eventloop_lag_seconds /m,
      /^process_resident_memory_bytes /m,
    ];
    for (const pattern of expected) assert.match(text, pattern);
    assert.doesNotMatch(text, /canary/);
  });

  it('gives scrapers the same without a token at the address that is configured, and nothing else', async () => {
    const scraped = await fetch(server.metricsUrl);
    assert.equal(scraped.status, 200);
    assert.match(String(scraped.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
    assert.match(await scraped.text(), /^nautes_clusters\{/m);
    const elsewhere = await fetch(new URL('/api/v1/clusters', server.metricsUrl));
    assert.equal(elsewhere.status, 404);
  });

  for (const [part, path, state, status] of [
    ['config_repository', 'config-repo.git/objects/pack', 'failed', 503],
    ['config_repository', 'config-repo.git/refs/heads', 'failed', 503],
    ['secret_store', 'secrets', 'failed', 503],
    ['token_store', 'tokens', 'degraded', 200],
  ] as const) {
    it(`names the ${part} while ${path} cannot be written, and no longer when it can`, async () => {
      const place = join(directory, 'data', path);
      await rename(place, `${place}-away`);
      await writeFile(place, '');
      const failing = await untilChecks((checks) => checks[part] === state);
      const { helm: _, ...others } = failing.checks; // not everywhere
      const wrong = Object.entries(others).filter(([, is]) => is !== 'ok');
      assert.deepEqual([failing.status, wrong], [status, [[part, state]]]);
      await rm(place);
      await rename(`${place}-away`, place);
      await untilChecks((checks) => checks[part] === 'ok');
    });
  }

  async function untilChecks(
    test: (checks: Readonly<Record<string, string>>) => boolean,
  ): Promise<{ readonly status: number; readonly checks: Readonly<Record<string, string>> }> {
    for (;;) {
      const reply = await reader.request('GET', '/readyz');
      const checks = reply.body['checks'] as Record<string, string>;
      if (test(checks)) return { status: reply.status, checks };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
});
