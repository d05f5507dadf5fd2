import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Sandbox, type SandboxCluster, startSandbox } from '../../sandbox/index.ts';
import { readProxy } from '../base/network/proxy.ts';
import { startConnectProxy } from '../base/network/testing/connect-proxy.ts';
import { parseYaml, stringifyYaml } from '../base/yaml.ts';
import { probe } from '../kube/index.ts';
import type { ManagementCluster } from './management-cluster.ts';
import { openKubeconfigCluster } from './kubeconfig-source.ts';
import { openServiceAccountCluster } from './service-account-source.ts';

const PATIENCE_MILLISECONDS = 30_000;

describe('the management cluster', () => {
  let sandbox: Sandbox;
  let cluster: SandboxCluster;
  let directory: string;
  let environment: Record<string, string>;
  let now = Date.now();
  const clock = { now: () => now };

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0, address: '127.0.0.1' });
    const [first] = sandbox.clusters;
    assert.ok(first);
    cluster = first;
    directory = await mkdtemp(join(tmpdir(), 'nautes-management-'));
    const { hostname, port } = new URL(cluster.server);
    environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    await writeFile(join(directory, 'ca.crt'), cluster.certificateAuthority);
  });
  after(async () => {
    await sandbox?.close();
    await rm(directory, { recursive: true });
  });

  const ask = async (management: ManagementCluster) => {
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    return await probe(await management.connection(signal), signal);
  };
  const asPod = () => openServiceAccountCluster({ directory, namespace: 'nautes', environment, clock });
  const token = (text: string) => writeFile(join(directory, 'token'), text);
  const refusedWith = (reason: string, pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof Error && 'reason' in error);
    assert.equal(error.reason, reason);
    assert.match(error.message, pattern);
    return true;
  };

  it('is reached with a kubeconfig, and with the token of a Pod', async () => {
    const file = join(directory, 'kubeconfig');
    await writeFile(file, cluster.kubeconfig());
    await token(`${cluster.adminToken}\n`);
    for (const management of [await openKubeconfigCluster(file, 'nautes'), await asPod()]) {
      assert.match((await ask(management)).version, /^v1\./);
      assert.ok(management.describe.startsWith(cluster.server));
      management.close();
      await assert.rejects(ask(management), { reason: 'ClusterConnectionClosed' });
    }
  });

  it('is reached by the proxy that its kubeconfig names, when the configuration allows that', async () => {
    const name = 'management.corp.example';
    const proxy = await startConnectProxy({ [name]: Number(new URL(cluster.server).port) });
    try {
      const config = parseYaml(cluster.kubeconfig()) as { clusters: { cluster: Record<string, unknown> }[] };
      const way = { server: `https://${name}:6443`, 'tls-server-name': 'localhost', 'proxy-url': proxy.url };
      Object.assign(config.clusters[0]?.cluster ?? {}, way);
      const file = join(directory, 'proxied');
      await writeFile(file, stringifyYaml(config));
      await assert.rejects(openKubeconfigCluster(file, 'nautes'), refusedWith('ManagementAccessUnusable', /proxy-url/));
      const allowed = readProxy(proxy.url);
      assert.ok(typeof allowed === 'object');
      const management = await openKubeconfigCluster(file, 'nautes', { kubeconfigProxies: [allowed] });
      assert.match((await ask(management)).version, /^v1\./);
      management.close();
      assert.equal(proxy.targets[0], `${name}:6443`);
    } finally {
      proxy.close();
    }
  });

  it('is asked with the new token once the file has been replaced', async () => {
    await token('earlier');
    const management = await asPod();
    await assert.rejects(ask(management), { httpStatus: 401 });
    await token(cluster.adminToken);
    now += 60_000;
    await ask(management);
    await rm(join(directory, 'token'));
    now += 60_000;
    await ask(management);
    management.close();
  });

  it('is refused at once when its access cannot be read', async () => {
    const file = join(directory, 'unusable');
    await assert.rejects(openKubeconfigCluster(file, 'nautes'), refusedWith('ManagementAccessUnusable', /unusable/));
    await writeFile(file, 'kind: Config\n');
    await assert.rejects(openKubeconfigCluster(file, 'nautes'), refusedWith('ManagementAccessUnusable', /kubeconfig/));
    await token(' ');
    await assert.rejects(asPod(), refusedWith('ManagementAccessUnusable', /token is empty/));
    const outside = openServiceAccountCluster({ directory, namespace: 'nautes', environment: {} });
    await assert.rejects(outside, refusedWith('ManagementAccessUnusable', /KUBERNETES_SERVICE_HOST/));
  });
});
