import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addressPolicy } from './address-policy.ts';
import { loadConfiguration } from './load.ts';

const policyFor = async (environment: Record<string, string>) =>
  addressPolicy(await loadConfiguration({ environment }));

describe('addressPolicy', () => {
  for (const listen of ['127.0.0.1:8000', '[::1]:8000', 'localhost:8000', '127.1.2.3:1']) {
    it(`allows clusters on loopback for a server that listens on ${listen}`, async () => {
      assert.equal((await policyFor({ NAUTES_LISTEN: listen })).allowLoopback, true);
    });
  }

  for (const listen of ['0.0.0.0:8000', '[::]:8000', 'nautes.example:8000']) {
    it(`refuses clusters on loopback for a server that listens on ${listen}`, async () => {
      assert.equal((await policyFor({ NAUTES_LISTEN: listen })).allowLoopback, false);
    });
  }

  it('follows the configuration when it is set', async () => {
    const policy = await policyFor({
      NAUTES_LISTEN: '0.0.0.0:1',
      NAUTES_ADDRESSES_LOOPBACK: 'allow',
      NAUTES_ADDRESSES_LINK_LOCAL: 'allow',
      NAUTES_ADDRESSES_PRIVATE: 'refuse',
      NAUTES_ADDRESSES_DENIED: '192.0.2.0/24',
    });
    assert.deepEqual(policy, {
      allowLoopback: true,
      allowLinkLocal: true,
      allowMetadata: false,
      allowPrivate: false,
      denied: ['192.0.2.0/24'],
    });
  });
});
