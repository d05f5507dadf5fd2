import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ManagementHost } from '../../../test/harness/management-host.ts';
import { Secret } from '../../base/secret.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../../management/index.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { SealingKey, type SealingKeys } from '../sealed/sealing-key.ts';
import { credentialOf, describeSecretStoreContract, newScope } from '../secret-store.contract.ts';
import type { SecretStore } from '../secret-store.ts';
import { credentialName, pointerName } from './credential-objects.ts';
import { KubernetesSecretStore } from './kubernetes-secret-store.ts';

const signal = new AbortController().signal;

function newKey(): SealingKey {
  return new SealingKey(new Secret(randomBytes(32)));
}

/** The contract of secret stores, and what holds for credentials in a management cluster. */
export function describeKubernetesSecretStore(api: string, start: () => Promise<ManagementHost>): void {
  describe(`credentials in a management cluster (${api})`, () => {
    let host: ManagementHost;
    before(async () => {
      host = await start();
    });
    after(() => host?.close());

    describeSecretStoreContract('KubernetesSecretStore', async () => {
      const cluster = await host.open(await host.newNamespace());
      const keys: SealingKeys = [newKey()];
      return {
        open: () => Promise.resolve(new KubernetesSecretStore({ cluster, keys })),
        cleanUp: () => Promise.resolve(cluster.close()),
      };
    });

    const withReplicas = async (
      test: (a: SecretStore, b: SecretStore, cluster: ManagementCluster) => Promise<void>,
    ) => {
      const cluster = await host.open(await host.newNamespace());
      const keys: SealingKeys = [newKey()];
      const [a, b] = [new KubernetesSecretStore({ cluster, keys }), new KubernetesSecretStore({ cluster, keys })];
      await test(a, b, cluster);
      cluster.close();
    };

    it('gives equal credentials the same version at every replica', () =>
      withReplicas(async (a, b) => {
        const scope = newScope();
        const versions = await Promise.all([a, b, a, b].map((store) => store.stage(credentialOf(scope), signal)));
        assert.equal(new Set(versions).size, 1);
        assert.equal((await a.list(signal)).length, 1);
      }));

    it('has nothing readable of a credential in its objects, which cannot be changed', () =>
      withReplicas(async (a, _b, { client, namespace }) => {
        const canary = 'canary-5f0c9c';
        const scope = newScope();
        const material = new Secret<CredentialMaterial>({ kind: 'token', token: canary });
        const version = await a.stage(credentialOf(scope, { material }), signal);
        await a.activate(scope, version, undefined, signal);
        const kube = await client(signal);
        const name = { namespace, name: credentialName(scope, version) };
        const secret = await kube.get(wellKnown.secret, name, signal);
        const pointer = await kube.get(wellKnown.configMap, { namespace, name: pointerName(scope) }, signal);
        assert.equal(secret['immutable'], true);
        const texts = [JSON.stringify(secret), JSON.stringify(pointer)];
        const [envelope = ''] = Object.values(secret['data'] as Record<string, string>);
        texts.push(Buffer.from(envelope, 'base64').toString('latin1'));
        for (const text of texts) assert.ok(!text.includes(canary));
      }));

    it('removes no version that becomes active, and activates none that is removed', () =>
      withReplicas(async (a, b) => {
        for (let round = 0; round < 12; round += 1) {
          const scope = newScope();
          const version = await a.stage(credentialOf(scope), signal);
          const [activated, removed] = await Promise.allSettled([
            a.activate(scope, version, undefined, signal),
            b.remove(scope, version, signal),
          ]);
          const active = await b.active(scope, signal);
          if (activated.status === 'fulfilled') {
            assert.deepEqual(active, activated.value);
            await b.read(scope, version, signal);
            assert.equal(removed.status, 'rejected');
          } else {
            assert.equal(activated.reason.reason, 'CredentialUnknown');
            assert.equal(active, undefined);
          }
        }
      }));

    it('replaces a version that does not open when it is staged again', () =>
      withReplicas(async (a, b, { client, namespace }) => {
        const scope = newScope();
        const version = await a.stage(credentialOf(scope), signal);
        const name = credentialName(scope, version);
        const kube = await client(signal);
        const found = await kube.get(wellKnown.secret, { namespace, name }, signal);
        await kube.delete(wellKnown.secret, { namespace, name }, {}, signal);
        const { labels = {}, annotations = {} } = found.metadata;
        const damaged = { ...found, metadata: { name, namespace, labels, annotations }, data: { envelope: 'AAAA' } };
        await kube.create(wellKnown.secret, damaged, {}, signal);
        await assert.rejects(b.read(scope, version, signal), { reason: 'CredentialUnreadable' });
        assert.equal(await b.stage(credentialOf(scope), signal), version);
        await a.read(scope, version, signal);
      }));
  });
}
