import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { authoritiesWith, isPem, readPemCertificates, usualAuthorities } from './authorities.ts';
import { createCertificateAuthority, issueCertificate } from './x509.ts';

describe('certificate authorities', () => {
  it('are added to those of Node and never replace them', () => {
    const { certificate } = createCertificateAuthority({ commonName: 'ours' });
    const trusted = new Set(authoritiesWith([certificate]));
    assert.ok(trusted.has(certificate));
    for (const root of rootCertificates) assert.ok(trusted.has(root));
    assert.equal(trusted.size, usualAuthorities().length + 1);
  });

  it('that were added are trusted, and others are not', async () => {
    const [ours, others] = ['ours', 'others'].map((commonName) => createCertificateAuthority({ commonName }));
    assert.ok(ours !== undefined && others !== undefined);
    const { certificate, privateKey } = issueCertificate(ours, {
      commonName: 'server',
      ipAddresses: ['127.0.0.1'],
      usages: ['server'],
    });
    const server = createServer({ cert: certificate, key: privateKey.reveal() }, (_request, reply) =>
      reply.end('here'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = async (authorities: readonly string[]): Promise<number> => {
      const dispatcher = new Agent({ connect: { ca: authoritiesWith(authorities) } });
      try {
        const { statusCode, body } = await request(url, { dispatcher });
        await body.dump();
        return statusCode;
      } finally {
        await dispatcher.destroy();
      }
    };
    try {
      assert.equal(await ask([ours.certificate]), 200);
      await assert.rejects(ask([others.certificate]), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('are read from a bundle with comments, one by one', () => {
    const certificates = ['one', 'two'].map((commonName) => createCertificateAuthority({ commonName }).certificate);
    assert.deepEqual(readPemCertificates(`# one\n${certificates.join('\n# two\n')}`), certificates);
  });

  it('that cannot be parsed are rejected without quoting them', () => {
    const { certificate } = createCertificateAuthority({ commonName: 'one' });
    for (const [text, problem] of [
      ['', /no certificate/],
      ['/etc/ssl/ca.pem', /no certificate/],
      [certificate.replace(/\n[A-Za-z0-9+/]{20}/, '\n!canary!'), /certificate 1 in it cannot be read/],
      [`${certificate}-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----`, /certificate 2/],
    ] as const) {
      assert.throws(
        () => readPemCertificates(text),
        (error: Error) => problem.test(error.message) && !error.message.includes('canary'),
        text.slice(0, 40),
      );
    }
  });

  it('are distinguished from file names', () => {
    assert.equal(isPem(createCertificateAuthority({ commonName: 'one' }).certificate), true);
    assert.equal(isPem('/etc/nautes/ca.pem'), false);
  });
});
