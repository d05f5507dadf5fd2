import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { startSandboxHost } from '../../../test/harness/management-host.ts';
import { Secret } from '../../base/secret.ts';
import { SealingKey } from '../sealed/sealing-key.ts';
import { credentialOf, newScope } from '../secret-store.contract.ts';
import { describeKubernetesSecretStore } from './kubernetes-secret-store.contract.ts';
import { KubernetesSecretStore } from './kubernetes-secret-store.ts';

const signal = new AbortController().signal;

describeKubernetesSecretStore('sandbox', startSandboxHost);

describe('credentials in a management cluster that does not answer', () => {
  it('cannot be stored, and the reason names it', async () => {
    const host = await startSandboxHost();
    const cluster = await host.open(await host.newNamespace());
    const store = new KubernetesSecretStore({ cluster, keys: [new SealingKey(new Secret(randomBytes(32)))] });
    await host.close();
    const refused = { reason: 'SecretStoreUnavailable', message: /management\.kubeconfig/ };
    await assert.rejects(store.stage(credentialOf(newScope()), signal), refused);
    await assert.rejects(store.checkWritable(), refused);
    cluster.close();
  });
});
