import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CredentialBinding } from '../resources/credential.ts';
import { RecentKinds } from './recent-kinds.ts';

const binding: CredentialBinding = {
  cluster: 'one',
  incarnation: 'first',
  server: 'https://10.0.0.1:6443',
  certificateAuthority: '',
};

describe('the kinds that clusters were seen to serve', () => {
  it('are the same for every credential of a registration', () => {
    const recent = new RecentKinds();
    assert.equal(recent.of({ ...binding }), recent.of({ ...binding }));
  });

  const changes: readonly Partial<CredentialBinding>[] = [
    { cluster: 'two' },
    { incarnation: 'second' },
    { server: 'https://10.0.0.2:6443' },
    { certificateAuthority: 'another' },
  ];
  for (const change of changes) {
    it(`are others for another ${Object.keys(change).join()}`, () => {
      const recent = new RecentKinds();
      assert.notEqual(recent.of({ ...binding, ...change }), recent.of(binding));
    });
  }

  it('are kept of a bounded number of registrations: those that were used last', () => {
    const recent = new RecentKinds();
    const nth = (index: number) => recent.of({ ...binding, cluster: `cluster-${index}` });
    const used = nth(0);
    const unused = nth(1);
    for (let index = 2; index < 2_000; index += 1) {
      nth(index);
      assert.equal(nth(0), used);
    }
    assert.notEqual(nth(1), unused);
  });
});
