import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, mock } from 'node:test';
import { promisify } from 'node:util';
import { NautesError } from '../errors/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { verbatim } from '../messages/message.ts';
import { waitUntil } from '../../test/harness/wait-until.ts';
import { Secret } from '../base/secret.ts';
import { tokenHash } from './access-token.ts';
import { describeIdentityProviderContract } from './identity-provider.contract.ts';
import { LocalTokenIdentity, TOKEN_CACHE_MILLISECONDS } from './local-token-identity.ts';
import type { TokenStore } from './token-store.ts';
import { TokenFiles } from './token-files.ts';

const signal = new AbortController().signal;

async function newDirectory(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'nautes-tokens-')), 'tokens');
}

function identityOf(directory: string, now?: () => number): LocalTokenIdentity {
  return new LocalTokenIdentity({
    tokens: new TokenFiles(directory),
    logger: silentLogger,
    ...(now !== undefined && { clock: { now } }),
  });
}

describeIdentityProviderContract('LocalTokenIdentity', async () => {
  const directory = await newDirectory();
  const tokens = () => new TokenFiles(directory);
  let count = 0;
  return {
    provider: identityOf(directory),
    async addPerson(role) {
      count += 1;
      const name = `person-${count}`;
      const token = await tokens().create({ name, role });
      const tokenDigest = tokenHash(token).toString('hex');
      return { token, caller: { id: name, name, email: `${name}@nautes.local`, tokenDigest } };
    },
    revoke: (caller) => tokens().revoke(caller.id),
    cleanUp: () => rm(join(directory, '..'), { recursive: true, force: true, maxRetries: 3 }),
  };
});

describe('access tokens', () => {
  let directory = '';
  const tokens = () => new TokenFiles(directory);
  before(async () => {
    directory = await newDirectory();
  });
  after(() => rm(join(directory, '..'), { recursive: true, force: true, maxRetries: 3 }));

  it('are stored hashed in files that only their owner can read', async () => {
    const token = await tokens().create({ name: 'alice.smith', role: 'maintainer' });
    assert.match(token.reveal(), /^nautes_alice\.smith_[0-9A-Za-z]{49}$/);
    const files = await readdir(directory);
    assert.deepEqual(files, ['alice.smith.json']);
    for (const file of files) {
      assert.equal((await stat(join(directory, file))).mode & 0o077, 0);
      const content = await readFile(join(directory, file), 'utf8');
      assert.ok(!content.includes(token.reveal().slice(-20)));
    }
  });

  it('are listed without secrets', async () => {
    const listed = await tokens().list();
    assert.deepEqual(listed.unreadable, []);
    const [alice] = listed.tokens;
    assert.deepEqual(
      { ...alice, createdAt: '' },
      {
        name: 'alice.smith',
        role: 'maintainer',
        email: 'alice.smith@nautes.local',
        createdAt: '',
        expiresAt: '',
      },
    );
    assert.deepEqual(await new TokenFiles(join(directory, 'absent')).list(), { tokens: [], unreadable: [] });
  });

  it('carry the email address that was given', async () => {
    const token = await tokens().create({ name: 'bob', role: 'reader', email: 'bob@example.org' });
    assert.equal((await identityOf(directory).authenticate(token, signal)).email, 'bob@example.org');
  });

  it('have unique names, also when created concurrently', async () => {
    const attempts = Array.from({ length: 8 }, () => tokens().create({ name: 'carol', role: 'reader' }));
    const results = await Promise.allSettled(attempts);
    const [winner, second] = results.filter((result) => result.status === 'fulfilled');
    assert.ok(winner !== undefined && second === undefined);
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.reason, 'TokenNameTaken');
    }
    const files = (await readdir(directory)).filter((file) => file.includes('carol'));
    assert.deepEqual(files, ['carol.json'], 'nothing is left of the others');
    await identityOf(directory).authenticate(winner.value, signal);
  });

  it('are rejected with a name that could be a path', async () => {
    for (const name of ['', '.', '..', '../x', 'a/b', '-a', 'a_b', 'A', 'a\n', 'ü', 'x'.repeat(41)]) {
      const refused = { reason: 'TokenNameInvalid' };
      await assert.rejects(tokens().create({ name, role: 'reader' }), refused, name);
      await assert.rejects(tokens().revoke(name), refused, name);
    }
  });

  it('are rejected with an invalid address or expiry', async () => {
    const refused = { reason: 'TokenInvalid' };
    for (const email of ['x', 'a b@c', 'a@b\nCommitter: x', 'a@b>', `${'a'.repeat(300)}@b`]) {
      await assert.rejects(tokens().create({ name: 'x', role: 'reader', email }), refused, email);
    }
    for (const expiresAt of ['', 'tomorrow', '2030-01-01', '2030-13-01T00:00:00Z', '2001-01-01T00:00:00Z']) {
      await assert.rejects(tokens().create({ name: 'x', role: 'reader', expiresAt }), refused, expiresAt);
    }
  });

  it('of an unknown name cannot be revoked', async () => {
    await assert.rejects(tokens().revoke('nobody'), { reason: 'TokenNotFound' });
  });

  it('work at once when another process creates them while the server runs', async () => {
    const identity = identityOf(directory);
    const script = `
      const { TokenFiles } = await import(process.argv[1]);
      process.stdout.write((await new TokenFiles(process.argv[2]).create({ name: 'other', role: 'reader' })).reveal());
    `;
    const module = new URL('./token-files.ts', import.meta.url).href;
    const args = ['--input-type=module', '--eval', script, '--', module, directory];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    assert.equal((await identity.authenticate(new Secret(stdout), signal)).id, 'other');
  });

  it('are listed with the day of their last use, also by another process; another token of the name is not used yet', async () => {
    const token = await tokens().create({ name: 'frank', role: 'reader' });
    const lastUse = async () => (await tokens().list()).tokens.find(({ name }) => name === 'frank')?.lastUsedAt;
    assert.equal(await lastUse(), undefined);
    await identityOf(directory, () => Date.parse('2026-03-04T05:06:07Z')).authenticate(token, signal);
    await waitUntil('the day is stored', async () => (await lastUse()) === '2026-03-04');
    await tokens().revoke('frank');
    assert.equal((await readdir(directory)).filter((file) => file.startsWith('frank')).length, 0);
    await tokens().create({ name: 'frank', role: 'reader' });
    assert.equal(await lastUse(), undefined);
    await tokens().revoke('frank');
  });

  it('let callers in although the day of their use cannot be stored', async () => {
    const token = await tokens().create({ name: 'grace', role: 'reader' });
    const failing: TokenStore = Object.assign(new TokenFiles(directory), {
      noteUse: () => Promise.reject(new NautesError('TokenStoreUnavailable', { problem: verbatim('full') })),
    });
    const identity = new LocalTokenIdentity({ tokens: failing, logger: silentLogger });
    assert.equal((await identity.authenticate(token, signal)).name, 'grace');
    await tokens().revoke('grace');
  });

  it('are rejected once they have expired', async () => {
    const expiresAt = '2130-01-01T00:00:00Z';
    const token = await tokens().create({ name: 'short', role: 'maintainer', expiresAt });
    let now = Date.parse(expiresAt) - 1;
    const identity = identityOf(directory, () => now);
    const caller = await identity.authenticate(token, signal);
    await identity.authorize(caller, 'maintainer', 'register', signal);
    now += 1;
    await assert.rejects(identity.authenticate(token, signal), (error: unknown) => {
      assert.ok(error instanceof NautesError);
      assert.deepEqual([error.reason, error.status], ['TokenExpired', 401]);
      assert.match(error.message, /short expired at 2130-01-01T00:00:00Z/);
      return true;
    });
    await assert.rejects(identity.authorize(caller, 'reader', 'read', signal), { reason: 'NoAuthorization' });
  });

  it('that are created again under the same name invalidate the old one', async () => {
    const old = await tokens().create({ name: 'renewed', role: 'maintainer' });
    await tokens().revoke('renewed');
    const renewed = await tokens().create({ name: 'renewed', role: 'reader' });
    const identity = identityOf(directory);
    await assert.rejects(identity.authenticate(old, signal), { reason: 'Unauthenticated' });
    await identity.authenticate(renewed, signal);
  });

  it('that are created again under the same name give no rights to who came with the old one', async () => {
    const identity = identityOf(directory);
    const old = await tokens().create({ name: 'again', role: 'reader' });
    const caller = await identity.authenticate(old, signal);
    await tokens().revoke('again');
    const renewed = await tokens().create({ name: 'again', role: 'maintainer' });
    const owner = await identity.authenticate(renewed, signal);
    await identity.authorize(owner, 'maintainer', 'register', signal);
    for (const role of ['reader', 'maintainer'] as const) {
      await assert.rejects(identity.authorize(caller, role, 'read', signal), { reason: 'NoAuthorization' });
    }
  });

  it('of odd form are unknown, whatever they are made of', async () => {
    const real = (await tokens().create({ name: 'formed', role: 'reader' })).reveal();
    const identity = identityOf(directory);
    const odd = [
      '',
      ' ',
      'x'.repeat(1_000_000),
      real.toUpperCase(),
      `${real} `,
      `${real}\n`,
      real.replace('formed', '../formed'),
      real.replace('formed', 'formed\u0000'),
      real.replace('formed', 'ｆormed'),
      `nautes_${'a'.repeat(100_000)}_${'0'.repeat(49)}`,
      'nautes_'.repeat(50_000),
      '\ud800',
      '__proto__',
    ];
    for (const token of odd) {
      await assert.rejects(identity.authenticate(new Secret(token), signal), { reason: 'Unauthenticated' });
    }
  });

  it('are read from disk once for many requests', async () => {
    const token = await tokens().create({ name: 'busy', role: 'reader' });
    const identity = identityOf(directory);
    const time = mock.method(performance, 'now', () => 1000);
    try {
      await Promise.all(Array.from({ length: 5 }, () => identity.authenticate(token, signal)));
      await tokens().revoke('busy');
      await identity.authenticate(token, signal);
      time.mock.mockImplementation(() => 1000 + TOKEN_CACHE_MILLISECONDS);
      await assert.rejects(identity.authenticate(token, signal), { reason: 'Unauthenticated' });
    } finally {
      time.mock.restore();
    }
  });

  it('whose file is damaged or copied are rejected, and are listed as unreadable', async () => {
    const token = await tokens().create({ name: 'broken', role: 'reader' });
    const file = join(directory, 'broken.json');
    const intact = await readFile(file, 'utf8');
    const damaged = ['', '{', 'null', '[]', '{}', intact.replace('reader', 'owner'), 'x'.repeat(10_000)];
    for (const content of damaged) {
      await writeFile(file, content);
      await assert.rejects(identityOf(directory).authenticate(token, signal), { reason: 'Unauthenticated' });
      assert.deepEqual((await tokens().list()).unreadable, ['broken.json']);
    }
    await rm(file);
    await copyFile(join(directory, 'bob.json'), join(directory, 'copy.json'));
    assert.deepEqual((await tokens().list()).unreadable, ['copy.json']);
    await rm(join(directory, 'copy.json'));
  });

  it('are reported unavailable rather than unknown while their directory is unreadable', async () => {
    const token = await tokens().create({ name: 'kept', role: 'reader' });
    const file = join(directory, 'kept.json');
    const identity = identityOf(join(file, 'not-a-directory'));
    await assert.rejects(identity.authenticate(token, signal), { reason: 'TokenStoreUnavailable' });
  });
});
