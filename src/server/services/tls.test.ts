import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { NautesError } from '../../errors/errors.ts';
import { createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { printableConfiguration } from '../configuration/print.ts';
import { openTls } from './tls.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-tls-'));
after(() => rm(directory, { recursive: true }));

const configured = (environment: Record<string, string>) =>
  loadConfiguration({ environment, overrides: { dataDirectory: directory } });

describe('openTls', () => {
  it('returns nothing when HTTPS is off, which is the default', async () => {
    assert.equal(await openTls(await configured({})), undefined);
  });

  it('keeps its authority and issues a certificate for every name of the server', async () => {
    const configuration = await configured({ NAUTES_TLS_MODE: 'auto', NAUTES_TLS_NAMES: 'nautes.example,127.0.0.9' });
    const first = await openTls(configuration);
    const second = await openTls(configuration);
    const [one, two] = [new X509Certificate(first?.certificate ?? ''), new X509Certificate(second?.certificate ?? '')];
    assert.notEqual(one.serialNumber, two.serialNumber);
    const authority = new X509Certificate(await readAuthority());
    assert.ok(one.verify(authority.publicKey) && two.verify(authority.publicKey));
    assert.equal(one.checkHost('nautes.example'), 'nautes.example');
    for (const address of ['127.0.0.1', '127.0.0.9', '::1']) assert.ok(one.checkIP(address), address);
    assert.equal((await stat(dataPaths(directory).authorityKey)).mode & 0o777, 0o600);
  });

  it('reads certificate and key from files', async () => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    const issued = issueCertificate(authority, { commonName: 'x', dnsNames: ['x'], usages: ['server'] });
    const files = await writeFiles(issued.certificate, issued.privateKey.reveal());
    const tls = await openTls(await configured(files));
    assert.equal(tls?.certificate, issued.certificate);
  });

  it('names the file that is missing, not a certificate or expired', async () => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    const past = { notBefore: new Date(0), notAfter: new Date(86_400_000) };
    const expired = issueCertificate(authority, { commonName: 'x', usages: ['server'], ...past });
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ NAUTES_TLS_MODE: 'files' }, /certificateFile/],
      [{ NAUTES_TLS_MODE: 'files', NAUTES_TLS_CERTIFICATE_FILE: join(directory, 'none') }, /none cannot be read/],
      [await writeFiles('nothing', 'nothing'), /no certificate in PEM form/],
      [await writeFiles(expired.certificate, 'key'), /expired on Jan {2}2/],
    ];
    for (const [environment, pattern] of cases) {
      await assert.rejects(
        configured(environment).then(openTls),
        (error) => error instanceof NautesError && pattern.test(error.message),
      );
    }
  });
});

describe('printableConfiguration', () => {
  it('round-trips and hides passwords in addresses', async () => {
    const configuration = await configured({ NAUTES_GIT_REMOTE: 'https://user:canary@git.example/x.git' });
    const text = printableConfiguration(configuration);
    assert.ok(!text.includes('canary'));
    const file = join(directory, 'printed.yaml');
    await writeFile(file, text);
    const again = await loadConfiguration({ file, environment: {} });
    assert.deepEqual({ ...again, git: undefined }, { ...configuration, git: undefined });
  });
});

function readAuthority(): Promise<string> {
  return readFile(dataPaths(directory).authority, 'utf8');
}

async function writeFiles(certificate: string, key: string): Promise<Record<string, string>> {
  const name = join(directory, Math.random().toString(36).slice(2));
  await writeFile(`${name}.crt`, certificate);
  await writeFile(`${name}.key`, key);
  return { NAUTES_TLS_MODE: 'files', NAUTES_TLS_CERTIFICATE_FILE: `${name}.crt`, NAUTES_TLS_KEY_FILE: `${name}.key` };
}
