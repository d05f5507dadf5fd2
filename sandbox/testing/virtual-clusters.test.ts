import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseYamlDocuments } from '../../src/base/yaml.ts';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { freeNodePorts } from '../../tools/net/ports.ts';
import { isObject, type JsonValue, objectAt, stringAt } from '../base/json.ts';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox, SandboxCluster } from '../sandbox-api.ts';
import { testClient } from './test-client.ts';

const PORT = await freeNodePorts(2);
const STAND_IN = join(import.meta.dirname, '../stand-ins/vcluster.yaml');

describe('a vCluster workload', () => {
  let sandbox: Sandbox;
  let host: SandboxCluster;

  before(async () => {
    sandbox = await startSandbox({ clusters: 1, basePort: 0 });
    const [first] = sandbox.clusters;
    assert.ok(first);
    host = first;
    host.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } }, 'tester');
    await install(PORT);
  });
  after(() => sandbox.close());

  async function install(nodePort: number): Promise<void> {
    for (const document of parseYamlDocuments(await readFile(STAND_IN, 'utf8')) as JsonValue[]) {
      assert.ok(isObject(document));
      const metadata = { ...objectAt(document, 'metadata'), namespace: 'one' };
      const isService = stringAt(document, 'metadata', 'name') === 'vcluster' && document['kind'] === 'Service';
      const ports = [{ name: 'https', port: 443, targetPort: 8443, nodePort }];
      const spec = isService ? { spec: { ...objectAt(document, 'spec'), ports } } : {};
      host.apply({ ...document, metadata, ...spec }, 'tester');
    }
  }

  async function until<T>(look: () => T | undefined, what: string): Promise<T> {
    return waitUntil(what, async () => {
      await host.settled();
      return look();
    });
  }

  const virtual = () => host.virtualClusters[0];

  it('is a separate cluster at the node port of its host, with its kubeconfig in a Secret there', async () => {
    const secret = await until(() => host.get('v1', 'Secret', 'one', 'vc-vcluster'), 'its kubeconfig');
    const kubeconfig = Buffer.from(stringAt(secret, 'data', 'config') ?? '', 'base64').toString();
    const cluster = await until(virtual, 'the cluster');
    assert.equal(new URL(cluster.server).hostname, new URL(host.server).hostname);
    assert.equal(new URL(cluster.server).port, String(PORT));
    assert.ok(kubeconfig.includes(cluster.server));
    const client = testClient(cluster);
    assert.equal((await client.call('GET', '/version')).code, 200);
    client.close();
    const uid = (of: SandboxCluster) => stringAt(of.get('v1', 'Namespace', '', 'kube-system'), 'metadata', 'uid');
    assert.notEqual(uid(cluster), uid(host));
    assert.notEqual(cluster.certificateAuthority, host.certificateAuthority);
  });

  it('shows its Ingresses on the host', async () => {
    const cluster = await until(virtual, 'the cluster');
    const spec = { rules: [{ host: 'shop.example' }] };
    const metadata = { name: 'shop', namespace: 'default' };
    cluster.apply({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec }, 'tester');
    const name = 'shop-x-default-x-vcluster';
    const synced = await until(() => host.get('networking.k8s.io/v1', 'Ingress', 'one', name), 'the ingress');
    assert.deepEqual(objectAt(synced, 'spec')?.['rules'], spec.rules);
    cluster.delete('networking.k8s.io/v1', 'Ingress', 'default', 'shop');
    await until(
      () => (host.get('networking.k8s.io/v1', 'Ingress', 'one', name) === undefined ? true : undefined),
      'its end',
    );
  });

  it('moves with its Service and keeps its objects', async () => {
    const cluster = await until(virtual, 'the cluster');
    cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } }, 'tester');
    await install(PORT + 1);
    const moved = await until(
      () => (virtual()?.server.endsWith(`:${PORT + 1}`) ? virtual() : undefined),
      'the other port',
    );
    assert.ok(moved.get('v1', 'Namespace', '', 'kept'));
  });

  it('is away without its Pod, and empty and with another authority when its volume was deleted', async () => {
    host.delete('apps/v1', 'StatefulSet', 'one', 'vcluster');
    await until(() => (virtual() === undefined ? true : undefined), 'its end');
    await install(PORT + 1);
    const same = await until(virtual, 'the cluster again');
    assert.ok(same.get('v1', 'Namespace', '', 'kept'));
    const { certificateAuthority } = same;
    host.delete('v1', 'Namespace', '', 'one');
    await until(
      () => (host.get('v1', 'Namespace', '', 'one') === undefined ? true : undefined),
      'the end of the namespace',
    );
    host.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } }, 'tester');
    await install(PORT + 1);
    const other = await until(virtual, 'a new cluster');
    assert.equal(other.get('v1', 'Namespace', '', 'kept'), undefined);
    assert.notEqual(other.certificateAuthority, certificateAuthority);
    const client = testClient(other);
    assert.equal((await client.call('GET', '/version')).code, 200);
    client.close();
    const published = other.get('v1', 'ConfigMap', 'default', 'kube-root-ca.crt')?.['data'];
    assert.deepEqual(published, { 'ca.crt': other.certificateAuthority });
  });
});
