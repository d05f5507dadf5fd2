import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { loadConfiguration } from './load.ts';
import { oauthSettings } from './oauth.ts';

describe('oauthSettings', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nautes-oauth-'));
  });
  after(() => rm(directory, { recursive: true }));

  async function settings(keys: Readonly<Record<string, string>>) {
    const environment = Object.fromEntries(Object.entries(keys).map(([key, value]) => [`NAUTES_OAUTH_${key}`, value]));
    return oauthSettings(await loadConfiguration({ environment }));
  }

  it('are absent when no issuer is configured', async () => {
    assert.equal(await settings({}), undefined);
  });

  it('read the secret from its file and never print it', async () => {
    const file = join(directory, 'secret');
    await writeFile(file, 'canary\n');
    const found = await settings({ ISSUER: 'https://id.example/realm', CLIENT_ID: 'n', CLIENT_SECRET_FILE: file });
    assert.equal(found?.clientSecret.reveal(), 'canary');
    assert.doesNotMatch(JSON.stringify(found), /canary/);
  });

  it('that are incomplete are rejected with the key', async () => {
    const file = join(directory, 'empty');
    await writeFile(file, '\n');
    const issuer = { ISSUER: 'https://id.example' };
    for (const [keys, key] of [
      [{ ISSUER: 'http://id.example' }, /oauth\.issuer/],
      [{ CLIENT_ID: 'n' }, /oauth\.issuer/],
      [issuer, /oauth\.clientId/],
      [{ ...issuer, CLIENT_ID: 'n' }, /oauth\.clientSecretFile/],
      [{ ...issuer, CLIENT_ID: 'n', CLIENT_SECRET_FILE: join(directory, 'absent') }, /absent cannot be read/],
      [{ ...issuer, CLIENT_ID: 'n', CLIENT_SECRET_FILE: file }, /is empty/],
    ] as const) {
      await assert.rejects(settings(keys), (error: unknown) => error instanceof NautesError && key.test(error.message));
    }
  });
});
