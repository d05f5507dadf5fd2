import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Lease, LeaseConflict, type LeaseStore } from './lease.ts';
import { Membership } from './membership.ts';

/** One Lease, and an API server that accepts a renewal although nobody waits for its answer any more. */
class OneLease implements LeaseStore {
  stored: Lease | undefined;
  /** Called once the next renewal has been stored, in the place of its answer. */
  instead: (() => Promise<never>) | undefined;

  get = (): Promise<Lease | undefined> => Promise.resolve(this.stored);
  create = (lease: Lease): Promise<Lease> => Promise.resolve(this.#store(lease));
  remove = (): Promise<void> => Promise.reject(new Error('nobody removes it'));
  follow = (): Promise<void> => Promise.reject(new Error('nobody follows it'));
  replace = (lease: Lease): Promise<Lease> => {
    if (lease.resourceVersion !== this.stored?.resourceVersion)
      return Promise.reject(new LeaseConflict('another write'));
    const stored = this.#store(lease);
    const { instead } = this;
    this.instead = undefined;
    return instead?.() ?? Promise.resolve(stored);
  };

  #store(lease: Lease): Lease {
    this.stored = { ...lease, resourceVersion: `${Number(this.stored?.resourceVersion ?? 0) + 1}` };
    return this.stored;
  }
}

it('a replica that ends gives its Lease up although a renewal was cut off and accepted', async () => {
  const store = new OneLease();
  let time = 0;
  const clock = { now: () => time, schedule: () => () => {}, sleep: () => Promise.resolve() };
  const timestamp = (): string => String((time += 1));
  const membership = new Membership({ store, clock, newName: () => 'one', annotations: {}, timestamp });
  const { signal } = new AbortController();
  await membership.renew(signal);
  store.instead = () => Promise.reject(new DOMException('the process ends', 'AbortError'));
  await assert.rejects(membership.renew(signal), { name: 'AbortError' });
  await membership.leave(signal);
  assert.equal(store.stored?.holder, '');
});

it('a replica that ends leaves a Lease alone that another has written', async () => {
  const store = new OneLease();
  const clock = { now: () => 0, schedule: () => () => {}, sleep: () => Promise.resolve() };
  const membership = new Membership({ store, clock, newName: () => 'one', annotations: {}, timestamp: () => 'then' });
  const { signal } = new AbortController();
  await membership.renew(signal);
  assert.ok(store.stored);
  store.stored = { ...store.stored, resourceVersion: '7', holder: 'other', renewTime: 'later' };
  await membership.leave(signal);
  assert.equal(store.stored.holder, 'other');
});
