/** Clusters that are reached by the proxy that their kubeconfig names, and by no other way. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Proxy, readProxy } from '../../src/base/network/proxy.ts';
import { type ConnectProxy, startConnectProxy } from '../../src/base/network/testing/connect-proxy.ts';
import { loopbackAddressPolicy } from '../../src/kube/index.ts';
import { parseYaml, stringifyYaml } from '../../src/base/yaml.ts';
import type { SandboxCluster } from '../../sandbox/index.ts';
import { ControlLoop } from '../harness/control-loop.ts';
import { type DraftChanges, hostDraft } from '../harness/cluster-drafts.ts';
import { newClusters } from '../harness/new-clusters.ts';

const NAME = 'one.corp.example';
const SERVER = `https://${NAME}:6443`;

describe('a cluster whose kubeconfig names an allowed proxy', () => {
  const cluster = newClusters({ clusters: 1, address: '127.0.0.1', tokenCacheMilliseconds: 0 });
  let target: SandboxCluster;
  let proxy: ConnectProxy;
  let allowed: Proxy;
  let loop: ControlLoop;

  before(async () => {
    target = cluster();
    proxy = await startConnectProxy({ [NAME]: Number(new URL(target.server).port) });
    const read = readProxy(proxy.url);
    assert.ok(typeof read === 'object');
    allowed = read;
    loop = await ControlLoop.start({ addresses: { ...loopbackAddressPolicy, kubeconfigProxies: [allowed] } });
  });
  beforeEach(() => void proxy.targets.splice(0));
  after(async () => {
    await loop?.[Symbol.asyncDispose]();
    proxy?.close();
  });

  /** @param more what the cluster of the kubeconfig has besides */
  function draft(more: Readonly<Record<string, unknown>>): DraftChanges {
    const config = parseYaml(target.kubeconfig()) as { clusters: { cluster: Record<string, unknown> }[] };
    Object.assign(config.clusters[0]?.cluster ?? {}, { server: SERVER, 'tls-server-name': 'localhost', ...more });
    return { ...hostDraft, apiServer: SERVER, kubeconfig: stringifyYaml(config) };
  }

  const open = async (kubeconfigProxies: readonly Proxy[]): Promise<void> => {
    await loop.shut();
    loop.change({ addresses: { ...loopbackAddressPolicy, kubeconfigProxies } });
    await loop.open();
  };

  it('is refused without it, because its name is known to the proxy only', async () => {
    await assert.rejects(loop.save('one', target, draft({})), { reason: 'PreflightFailed' });
    assert.deepEqual(proxy.targets, []);
  });

  it('is refused with one that is not allowed, which is not asked', async () => {
    const other = { 'proxy-url': 'http://127.0.0.1:1' };
    await assert.rejects(loop.save('one', target, draft(other)), /names a proxy \(proxy-url\)/);
    assert.deepEqual(proxy.targets, []);
  });

  it('is registered through it, and keeps it with the credential of its own', async () => {
    const named = proxy.url.replace('://', '://user:canary@');
    const { warnings } = await loop.save('one', target, draft({ 'proxy-url': named }));
    assert.match(JSON.stringify(warnings), /Warning\.proxyCredentials/);
    const { incarnation } = await loop.untilReady('one');
    const signal = AbortSignal.timeout(5_000);
    const scope = { cluster: 'one', incarnation };
    const pointer = await loop.parts.secrets.active(scope, signal);
    const stored = await loop.parts.secrets.read(scope, pointer?.version ?? '', signal);
    assert.deepEqual([stored.origin, stored.binding.proxyUrl], ['issued', proxy.url]);
    assert.ok(proxy.targets.length > 0 && proxy.targets.every((each) => each === `${NAME}:6443`));
  });

  it('is reached through it after a restart, and by a credential that was rotated', async () => {
    await open([allowed]);
    const { credential } = await loop.untilReady('one');
    await loop.rotate('one', {});
    await loop.until('one', (now) => now.credential.rotatedAt !== credential.rotatedAt, 'rotated');
    assert.ok(proxy.targets.length > 0);
  });

  it('is stalled when the configuration does not allow it any more, and nothing is sent another way', async () => {
    await open([]);
    await loop.untilReason('one', 'ClusterProxyNotAllowed');
    await open([allowed]);
    await loop.untilReady('one');
  });

  it('is left through it', async () => {
    const { incarnation } = await loop.untilReady('one');
    await loop.delete('one');
    const receipt = await loop.untilReceipt('one', incarnation);
    assert.deepEqual(receipt.remaining, []);
    assert.ok(proxy.targets.length > 0);
  });
});
