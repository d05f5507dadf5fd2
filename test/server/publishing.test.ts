import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { type LogFields, type Logger, silentLogger } from '../../src/base/logger.ts';
import type { StatusView } from '../../src/contract/views.ts';
import { TokenFiles } from '../../src/identity/index.ts';
import { loadConfiguration } from '../../src/server/configuration/load.ts';
import { startServer } from '../../src/server/server.ts';
import { ApiClient } from '../harness/api-client.ts';
import { eventually } from '../harness/wait-until.ts';
import { CommandLine } from '../harness/command-line.ts';
import { TestManagement } from '../harness/test-management.ts';

const STAND_INS = join(import.meta.dirname, '../../sandbox/stand-ins/catalog.yaml');

/** What was logged as error or information. */
class RecordingLogger {
  readonly entries: LogFields[] = [];
  readonly logger: Logger = {
    ...silentLogger,
    info: (fields) => void this.entries.push(fields),
    error: (fields) => void this.entries.push(fields),
    child: () => this.logger,
  };
}

describe('a server that publishes', () => {
  let directory: string;
  let sandbox: Sandbox;
  let clusters: SandboxCluster[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-publishing-'));
    sandbox = await startSandbox({ clusters: 2, basePort: 0, tokenCacheMilliseconds: 0 });
    clusters = [...sandbox.clusters];
  });
  afterEach(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(environment: Readonly<Record<string, string>>, logger = silentLogger) {
    const configuration = await loadConfiguration({
      environment: {
        NAUTES_CATALOG_FILES: STAND_INS,
        NAUTES_MANAGEMENT_PUBLISH_ARGOCD_ENABLED: 'true',
        NAUTES_CONTROLLERS_DRIFT_SECONDS: '1',
        ...environment,
      },
      overrides: { dataDirectory: join(directory, 'data'), listen: '127.0.0.1:0' },
    });
    const server = await startServer(configuration, logger, AbortSignal.timeout(120_000));
    const token = await new TokenFiles(join(directory, 'data/tokens')).create({ name: 'ada', role: 'maintainer' });
    const api = new ApiClient(() => server.url, token.reveal());
    return { server, api, token: token.reveal(), [Symbol.asyncDispose]: () => server.close() };
  }

  async function register(api: ApiClient, name: string, cluster: SandboxCluster): Promise<void> {
    const { server: api_server } = cluster;
    const kubeconfig = cluster.kubeconfig();
    const body = { api_server, cluster_kind: 'kubernetes', cluster_type: 'physical', usage: 'host', kubeconfig };
    const { status, body: reply } = await api.request('POST', `/api/v1/clusters/${name}`, body);
    assert.equal(status, 200, JSON.stringify(reply));
  }

  const untilPublished = (api: ApiClient, name: string) =>
    eventually(
      async () => {
        const { body } = await api.request('GET', `/api/v1/clusters/${name}/status`);
        const { published = [] } = body as unknown as StatusView;
        return published.find(({ reason }) => reason === 'Published');
      },
      () => `${name} is not published`,
    );

  it('reaches the management cluster with a kubeconfig, and looks whether it has the rights', async () => {
    const [managementCluster, target] = clusters;
    assert.ok(managementCluster && target);
    await using management = await TestManagement.of(managementCluster);
    const recorded = new RecordingLogger();
    const NAUTES_MANAGEMENT_KUBECONFIG = management.kubeconfigFile;
    await using running = await start({ NAUTES_MANAGEMENT_KUBECONFIG }, recorded.logger);
    await eventually(
      () => Promise.resolve(recorded.entries.find((fields) => fields['publication'] === 'argocd')),
      () => 'the rights were not looked at',
    );
    assert.ok(!recorded.entries.some((fields) => 'missing' in fields));
    await register(running.api, 'one', target);
    const part = await untilPublished(running.api, 'one');
    assert.equal(part.where, `Secret argocd/nautes-cluster-one in ${managementCluster.server}`);

    const { body: list } = await running.api.request('GET', '/api/v1/statuses');
    const [summary] = list['items'] as { readonly published?: readonly string[] }[];
    assert.deepEqual(summary?.published, ['argocd']);
    await using cli = await CommandLine.open({ API_SERVER: running.server.url, GIT_TOKEN: running.token });
    const wide = await cli.run('get', 'clusters', '-o', 'wide');
    assert.match(wide.stdout, /PUBLISHED/);
    assert.match(wide.stdout, /argocd/);
    const described = await cli.run('describe', 'cluster', 'one');
    assert.match(described.stdout, /Published\n\s+NAME\s+REASON\s+SINCE\s+MESSAGE\n\s+argocd\s+Published/);
  });

  it('names the rights that are missing', async () => {
    const [managementCluster] = clusters;
    assert.ok(managementCluster);
    await using management = await TestManagement.of(managementCluster);
    const recorded = new RecordingLogger();
    const environment = {
      NAUTES_MANAGEMENT_KUBECONFIG: management.kubeconfigFile,
      NAUTES_MANAGEMENT_PUBLISH_ARGOCD_NAMESPACE: 'elsewhere',
    };
    await using _ = await start(environment, recorded.logger);
    const { missing } = await eventually(
      () => Promise.resolve(recorded.entries.find((fields) => 'missing' in fields)),
      () => 'the rights were not looked at',
    );
    assert.ok(Array.isArray(missing));
    assert.ok(missing.includes('create secrets in elsewhere'), missing.join());
    assert.ok(missing.includes('list applications.argoproj.io in elsewhere'), missing.join());
  });

  it('takes a registered cluster as the management cluster, also when that is registered later', async () => {
    const [managementCluster, target] = clusters;
    assert.ok(managementCluster && target);
    await using management = await TestManagement.of(managementCluster);
    await using running = await start({ NAUTES_MANAGEMENT_CLUSTER: 'hub' });
    await register(running.api, 'one', target);
    await eventually(
      async () => {
        const { body } = await running.api.request('GET', '/api/v1/clusters/one/status');
        return (body as unknown as StatusView).published?.find(({ reason }) => reason === 'ClusterNotFound');
      },
      () => 'nothing says that the management cluster is not registered',
    );
    await register(running.api, 'hub', managementCluster);
    const part = await untilPublished(running.api, 'one');
    assert.equal(part.where, 'Secret argocd/nautes-cluster-one in hub');
    assert.equal(management.secret('one')?.server, target.server);
    await untilPublished(running.api, 'hub');

    const refused = await running.api.request('DELETE', '/api/v1/clusters/hub');
    assert.deepEqual([refused.status, refused.body['reason']], [409, 'CLUSTER_IS_MANAGEMENT']);
    await running.api.request('DELETE', '/api/v1/clusters/hub?force=true');
    const receipt = await eventually(
      async () => {
        const reply = await running.api.request('GET', '/api/v1/clusters/hub/receipt');
        return reply.status === 200 ? reply.body : undefined;
      },
      () => 'the management cluster is not off-boarded',
    );
    const removed = receipt['removed'] as readonly { readonly name: string }[];
    assert.ok(removed.some((object) => object.name === 'nautes-cluster-hub'));
    assert.equal(management.secret('hub'), undefined);
  });
});
