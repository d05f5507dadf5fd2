import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startSandboxHost } from '../../test/harness/management-host.ts';
import { describeKubernetesTokens } from './kubernetes-tokens.contract.ts';
import { KubernetesTokens } from './kubernetes-tokens.ts';
import { LocalTokenIdentity } from './local-token-identity.ts';
import { silentLogger } from '../base/logger.ts';

describeKubernetesTokens('sandbox', startSandboxHost);

describe('access tokens while the management cluster does not answer', () => {
  let stop: () => Promise<void>;
  let store: KubernetesTokens;
  let identity: LocalTokenIdentity;
  before(async () => {
    const host = await startSandboxHost();
    stop = () => host.close();
    store = new KubernetesTokens({ cluster: await host.open(await host.newNamespace()) });
    identity = new LocalTokenIdentity({ tokens: store, logger: silentLogger });
  });
  after(() => stop?.());

  it('let readers in as they were known, and nobody change anything', async () => {
    const signal = new AbortController().signal;
    const token = await store.create({ name: 'ada', role: 'maintainer' }, signal);
    const other = await store.create({ name: 'ben', role: 'maintainer' }, signal);
    await identity.authenticate(token, signal);
    await stop();
    stop = () => Promise.resolve();
    // Of a name that is not kept by name any more.
    const caller = await new LocalTokenIdentity({ tokens: store, logger: silentLogger }).authenticate(other, signal);
    const later = new LocalTokenIdentity({ tokens: store, logger: silentLogger });
    await later.authorize(caller, 'reader', 'read', signal);
    const unavailable = { reason: 'TokenStoreUnavailable', message: /management\.kubeconfig/ };
    await assert.rejects(later.authorize(caller, 'maintainer', 'register', signal), unavailable);
    await assert.rejects(store.create({ name: 'cleo', role: 'reader' }, signal), unavailable);
    await assert.rejects(store.checkWritable(), unavailable);
  });
});
