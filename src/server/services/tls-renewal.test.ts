import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { connect } from 'node:tls';
import type { LogFields, Logger } from '../../base/logger.ts';
import { sleep } from '../../base/async/timing.ts';
import { type CertificateAuthority, createCertificateAuthority, issueCertificate } from '../../base/tls/x509.ts';
import { startTestServer } from '../../api/testing/test-server.ts';
import { loadConfiguration } from '../configuration/load.ts';
import { openTls } from './tls.ts';
import { TlsRenewal } from './tls-renewal.ts';

const directory = await mkdtemp(join(tmpdir(), 'nautes-renewal-'));
after(() => rm(directory, { recursive: true }));

const files = { certificate: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };

describe('a certificate from files', () => {
  it('that is replaced is served to new connections; an unusable one is ignored', async () => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    const first = await writePair(authority);
    const configuration = await loadConfiguration({
      environment: {
        NAUTES_TLS_MODE: 'files',
        NAUTES_TLS_CERTIFICATE_FILE: files.certificate,
        NAUTES_TLS_KEY_FILE: files.key,
      },
    });
    const tls = await openTls(configuration);
    assert.ok(tls);
    await using api = await startTestServer({}, { tls });
    const warnings: LogFields[] = [];
    const logger = loggerOf(warnings);
    const renewal = new TlsRenewal({ tls, apply: (next) => api.server.renewTls(next), logger, lookMilliseconds: 10 });
    try {
      assert.equal(await servedSerial(api.port, authority), first);
      await writeFile(files.certificate, 'half a file');
      while (warnings.length === 0) await sleep(10);
      assert.equal(await servedSerial(api.port, authority), first);
      const second = await writePair(authority);
      while ((await servedSerial(api.port, authority)) !== second) await sleep(10);
      assert.ok(warnings.length < 4, 'a problem is told once, not at each look');
    } finally {
      await renewal.close();
    }
  });

  it('whose key is another’s is rejected', async () => {
    const authority = createCertificateAuthority({ commonName: 'test' });
    await writePair(authority);
    const other = issueCertificate(authority, { commonName: 'x', usages: ['server'] });
    await writeFile(files.key, other.privateKey.reveal());
    const configuration = await loadConfiguration({
      environment: {
        NAUTES_TLS_MODE: 'files',
        NAUTES_TLS_CERTIFICATE_FILE: files.certificate,
        NAUTES_TLS_KEY_FILE: files.key,
      },
    });
    await assert.rejects(openTls(configuration), /not the private key of the certificate/);
  });
});

/** Returns the serial number of the new certificate. */
async function writePair(authority: CertificateAuthority): Promise<string> {
  const issued = issueCertificate(authority, { commonName: 'x', ipAddresses: ['127.0.0.1'], usages: ['server'] });
  await writeFile(files.key, issued.privateKey.reveal());
  await writeFile(files.certificate, issued.certificate);
  return new X509Certificate(issued.certificate).serialNumber;
}

async function servedSerial(port: number, authority: CertificateAuthority): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.certificate });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

function loggerOf(warnings: LogFields[]): Logger {
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (fields) => void warnings.push(fields),
    error() {},
    child: () => logger,
  };
  return logger;
}
