import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ManagementHost, startSandboxHost } from '../../../test/harness/management-host.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../../management/index.ts';
import { credentialOf, newScope } from '../secret-store.contract.ts';
import { KubernetesSecretStore } from './kubernetes-secret-store.ts';
import { openSharedSealingKeys, SEALING_KEY_SECRET } from './shared-sealing-key.ts';

const signal = new AbortController().signal;

function newKey(): string {
  return randomBytes(32).toString('base64');
}

describe('the sealing key of several replicas', () => {
  let host: ManagementHost;
  let directory: string;
  before(async () => {
    host = await startSandboxHost();
    directory = await mkdtemp(join(tmpdir(), 'nautes-shared-key-'));
  });
  after(async () => {
    await host?.close();
    await rm(directory, { recursive: true });
  });

  const inNamespace = async (test: (cluster: ManagementCluster) => Promise<void>) => {
    const cluster = await host.open(await host.newNamespace());
    await test(cluster);
    cluster.close();
  };
  const open = (cluster: ManagementCluster, environment: Record<string, string> = {}, file = '') =>
    openSharedSealingKeys({ cluster, file, environment }, signal);
  const removeSecret = async ({ client, namespace }: ManagementCluster) =>
    (await client(signal)).delete(wellKnown.secret, { namespace, name: SEALING_KEY_SECRET }, {}, signal);

  it('is made once when all start at the same time', () =>
    inNamespace(async (cluster) => {
      const opened = await Promise.all(Array.from({ length: 6 }, () => open(cluster)));
      assert.equal(new Set(opened.map(({ keys }) => keys[0].id)).size, 1);
      assert.equal(opened.filter(({ created }) => created).length, 1);
      assert.equal((await open(cluster)).created, false);
    }));

  it('is not made again when it is missing while something is sealed, or was', () =>
    inNamespace(async (cluster) => {
      const { keys } = await open(cluster);
      await removeSecret(cluster);
      await assert.rejects(open(cluster), { reason: 'SealingKeyMissing', message: /nautes-sealing-key/ });
      const store = new KubernetesSecretStore({ cluster, keys });
      await store.stage(credentialOf(newScope()), signal);
      await (await cluster.client(signal)).delete(
        wellKnown.configMap,
        { namespace: cluster.namespace, name: 'nautes-sealing-key-check' },
        {},
        signal,
      );
      await assert.rejects(open(cluster), { reason: 'SealingKeyMissing' });
    }));

  it('is refused at a replica that has another one, and may be followed by a new one', () =>
    inNamespace(async (cluster) => {
      const [first, second] = [newKey(), newKey()];
      const variable = (...keys: string[]) => ({ NAUTES_SEALING_KEY: keys.join(' ') });
      await open(cluster, variable(first));
      await assert.rejects(open(cluster, variable(second)), { reason: 'SealingKeyUnknown' });
      await open(cluster, variable(second, first));
      await open(cluster, variable(second));
      await assert.rejects(open(cluster, variable(first)), { reason: 'SealingKeyUnknown' });
    }));

  it('is read from a file that every replica has, which is never made', () =>
    inNamespace(async (cluster) => {
      const file = join(directory, 'given.key');
      await assert.rejects(open(cluster, {}, file), { reason: 'SealingKeyMissing', message: /given\.key/ });
      await writeFile(file, newKey(), { mode: 0o600 });
      const { keys, source } = await open(cluster, {}, file);
      assert.equal(source, file);
      assert.equal((await open(cluster, {}, file)).keys[0].id, keys[0].id);
      assert.equal(
        await (await cluster.client(signal)).find(
          wellKnown.secret,
          { namespace: cluster.namespace, name: SEALING_KEY_SECRET },
          signal,
        ),
        undefined,
      );
    }));

  it('names the Secret when what is in it is no key', () =>
    inNamespace(async (cluster) => {
      const client = await cluster.client(signal);
      const metadata = { name: SEALING_KEY_SECRET, namespace: cluster.namespace };
      await client.create(wellKnown.secret, { apiVersion: 'v1', kind: 'Secret', metadata, data: {} }, {}, signal);
      await assert.rejects(open(cluster), { reason: 'SealingKeyInvalid', message: /nautes-sealing-key/ });
    }));
});
