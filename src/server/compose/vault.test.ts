import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { VaultDouble } from '../../../test/doubles/vault/vault-double.ts';
import { silentLogger } from '../../base/logger.ts';
import { createCertificateAuthority } from '../../base/tls/x509.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { openVault } from './vault.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-vault-'));
after(() => rm(directory, { recursive: true }));
const noCertificate = join(directory, 'empty.pem');
await writeFile(noCertificate, '');
const signal = new AbortController().signal;

async function open(vault: Record<string, unknown>) {
  const file = join(directory, 'nautes.yaml');
  await writeFile(file, JSON.stringify({ secrets: { store: 'vault', vault } }));
  return openVault(await loadConfiguration({ file, environment: {} }), silentLogger);
}

const token = { method: 'token', tokenFile: join(directory, 'token') };
const approle = { method: 'approle', roleId: 'r', secretIdFile: '/run/id' };

describe('the configuration of Vault', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ['no address', { auth: token }, /secrets\.vault\.address: secrets\.store vault needs it/],
    ['no URL', { address: 'vault:8200', auth: token }, /secrets\.vault\.address: it is not a URL such as/],
    ['plain http', { address: 'http://vault.example:8200', auth: token }, /must be https \(plain http only on a loop/],
    ['a path', { address: 'https://vault.example/v1', auth: token }, /host and port alone/],
    ['a password', { address: 'https://a:b@vault.example', auth: token }, /must not contain a user/],
    ['a peer in plain http', { address: 'https://v', peers: ['http://w'], auth: token }, /secrets\.vault\.peers: /],
    ['no token file', { address: 'https://v' }, /secrets\.vault\.auth\.tokenFile: the method token needs it/],
    [
      'no role id',
      { address: 'https://v', auth: { ...approle, roleId: '' } },
      /auth\.roleId: the method approle needs/,
    ],
    ['no role', { address: 'https://v', auth: { method: 'kubernetes' } }, /auth\.role: the method kubernetes needs it/],
    ['no JWT', { address: 'https://v', auth: { method: 'jwt', role: 'r' } }, /auth\.jwtFile: the method jwt needs it/],
    [
      'a mount that is none',
      { address: 'https://v', mount: '../sys', auth: token },
      /secrets\.vault\.mount: it is not/,
    ],
    ['another mount', { address: 'https://v', auth: { ...approle, mount: 'a b' } }, /secrets\.vault\.auth\.mount: /],
    [
      'no such file',
      { address: 'https://v', caFile: '/nowhere/ca.pem', auth: token },
      /caFile: there is no file \/now/,
    ],
    ['no certificate', { address: 'https://v', caFile: noCertificate, auth: token }, /no certificate in PEM form/],
    [
      'a broken certificate',
      { address: 'https://v', caFile: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----', auth: token },
      /caFile: certificate 1 in it cannot be read/,
    ],
  ];
  for (const [title, vault, problem] of wrong) {
    it(`is rejected with ${title}`, async () => {
      await assert.rejects(open(vault), (error: Error & { reason?: string }) => {
        assert.equal(error.reason, 'ConfigurationInvalid');
        assert.match(error.message, problem);
        return true;
      });
    });
  }

  it('accepts an authority as file or as text', async () => {
    await using double = await VaultDouble.start({ tls: true });
    await writeFile(token.tokenFile, double.rootToken);
    const file = join(directory, 'ca.pem');
    await writeFile(file, `# ours\n${double.caCertificate}`);
    for (const caFile of [file, double.caCertificate]) {
      const client = await open({ address: double.address, caFile, auth: token });
      await client.checkHealth(signal);
      await client.close();
    }
    const { certificate } = createCertificateAuthority({ commonName: 'another' });
    for (const caFile of ['', certificate]) {
      const client = await open({ address: double.address, caFile, auth: token });
      await assert.rejects(client.checkHealth(signal), { reason: 'VaultCertificateRefused' });
      await client.close();
    }
  });
});
