import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret } from '../base/secret.ts';
import { sleep } from '../base/async/timing.ts';
import type { Caller, Role } from '../resources/caller.ts';
import type { IdentityProvider } from './identity-provider.ts';

/** Accounts with access, as far as the identity provider under test can create them. */
export interface IdentityProviderFixture {
  readonly provider: IdentityProvider;
  /** A new account with this role and a token. */
  addPerson(role: Role): Promise<{ readonly token: Secret; readonly caller: Caller }>;
  /** Revokes the person's token. */
  revoke(caller: Caller): Promise<void>;
  cleanUp(): Promise<void>;
}

const signal = new AbortController().signal;

/** The contract of every identity provider. */
export function describeIdentityProviderContract(name: string, create: () => Promise<IdentityProviderFixture>): void {
  describe(`${name} as an identity provider`, () => {
    let fixture: IdentityProviderFixture;
    before(async () => {
      fixture = await create();
    });
    after(() => fixture.cleanUp());

    it('identifies a person by the token', async () => {
      const { token, caller } = await fixture.addPerson('reader');
      assert.deepEqual(await fixture.provider.authenticate(token, signal), caller);
      assert.match(caller.email, /^[^\s<>]+@[^\s<>]+$/);
    });

    it('distinguishes two people', async () => {
      const [one, two] = [await fixture.addPerson('reader'), await fixture.addPerson('reader')];
      assert.notEqual(one.caller.id, two.caller.id);
      assert.deepEqual(await fixture.provider.authenticate(two.token, signal), two.caller);
      assert.deepEqual(await fixture.provider.authenticate(one.token, signal), one.caller);
    });

    it('rejects any other token', async () => {
      const { token } = await fixture.addPerson('maintainer');
      const text = token.reveal();
      const others = [
        '',
        ' ',
        'x',
        text.slice(0, -1),
        `${text}x`,
        ` ${text}`,
        text.toUpperCase(),
        '../../x',
        'ü\u0000\r\n',
      ];
      for (const other of [...others, 'x'.repeat(100_000)]) {
        await assert.rejects(
          fixture.provider.authenticate(new Secret(other), signal),
          (error: Error & { reason?: string }) => {
            assert.equal(error.reason, 'Unauthenticated');
            assert.ok(other.length < 10 || !error.message.includes(other));
            return true;
          },
        );
      }
    });

    it('lets a reader read but not write, naming the missing permission', async () => {
      const { caller } = await fixture.addPerson('reader');
      await fixture.provider.authorize(caller, 'reader', 'read', signal);
      const refusal = fixture.provider.authorize(caller, 'maintainer', 'register', signal);
      await assert.rejects(refusal, (error: Error & { reason?: string; remedy?: string }) => {
        assert.equal(error.reason, 'NoAuthorization');
        assert.match(error.message, /may not register clusters/);
        assert.match(error.remedy ?? '', /maintainer/);
        return true;
      });
    });

    it('lets a maintainer read and write', async () => {
      const { caller } = await fixture.addPerson('maintainer');
      await fixture.provider.authorize(caller, 'reader', 'read', signal);
      await fixture.provider.authorize(caller, 'maintainer', 'register', signal);
    });

    it('permits nothing to an unknown caller', async () => {
      for (const id of ['nobody', '', '../x', '1']) {
        const caller = { id, name: 'nobody', email: 'nobody@example.org' };
        await assert.rejects(fixture.provider.authorize(caller, 'reader', 'read', signal), {
          reason: 'NoAuthorization',
        });
      }
    });

    it('permits nothing soon after the token was revoked', { timeout: 60_000 }, async () => {
      const { token, caller } = await fixture.addPerson('maintainer');
      await fixture.provider.authenticate(token, signal);
      await fixture.provider.authorize(caller, 'maintainer', 'register', signal);
      await fixture.revoke(caller);
      await refusedSoon('Unauthenticated', () => fixture.provider.authenticate(token, signal));
      await refusedSoon('NoAuthorization', () => fixture.provider.authorize(caller, 'maintainer', 'register', signal));
    });

    it('does nothing for a caller that has aborted', async () => {
      const { token, caller } = await fixture.addPerson('reader');
      const gone = AbortSignal.abort();
      await assert.rejects(fixture.provider.authenticate(token, gone), { name: 'AbortError' });
      await assert.rejects(fixture.provider.authorize(caller, 'reader', 'read', gone), { name: 'AbortError' });
    });
  });
}

const POLL_MILLISECONDS = 20;

/** Waits until the operation is refused with the reason; otherwise the test's own deadline ends it. */
async function refusedSoon(reason: string, operation: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await operation();
    } catch (error) {
      assert.equal((error as { reason?: string }).reason, reason);
      return;
    }
    await sleep(POLL_MILLISECONDS);
  }
}
