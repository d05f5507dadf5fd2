import assert from 'node:assert/strict';
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { connect, createServer, type PeerCertificate } from 'node:tls';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { bitString, objectIdentifier, octetString, readElements, sequence, time, unsignedInteger } from './der.ts';
import {
  type CertificateAuthority,
  type CertificateWithKey,
  createCertificateAuthority,
  issueCertificate,
  loadCertificateAuthority,
} from './x509.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('createCertificateAuthority', () => {
  it('gives a self-signed certificate that may sign others', () => {
    const authority = createCertificateAuthority({ commonName: 'test authority' });
    const certificate = new X509Certificate(authority.certificate);
    assert.equal(certificate.ca, true);
    assert.equal(certificate.subject, 'CN=test authority');
    assert.equal(certificate.issuer, certificate.subject);
    assert.equal(certificate.verify(certificate.publicKey), true);
    assert.equal(certificate.checkPrivateKey(createPrivateKey(authority.privateKey.reveal())), true);
  });

  it('never prints the private key', () => {
    const authority = createCertificateAuthority({ commonName: 'test authority' });
    assert.doesNotMatch(`${inspect(authority)}${JSON.stringify(authority)}`, /PRIVATE KEY/);
    assert.match(authority.privateKey.reveal(), /^-----BEGIN PRIVATE KEY-----\n/);
  });
});

describe('issueCertificate', () => {
  const authority = createCertificateAuthority({ commonName: 'test authority' });

  it('names the hosts and addresses it was asked for', () => {
    const issued = issueCertificate(authority, {
      commonName: 'server',
      dnsNames: ['localhost', '*.example.test'],
      ipAddresses: ['127.0.0.1', '::1', '2001:db8::1:0:5', '::ffff:127.0.0.9'],
      usages: ['server'],
    });
    const certificate = new X509Certificate(issued.certificate);
    assert.equal(certificate.ca, false);
    assert.equal(certificate.checkIssued(new X509Certificate(authority.certificate)), true);
    assert.equal(certificate.verify(new X509Certificate(authority.certificate).publicKey), true);
    assert.equal(certificate.checkHost('localhost'), 'localhost');
    assert.equal(certificate.checkHost('a.example.test'), '*.example.test');
    assert.equal(certificate.checkHost('example.org'), undefined);
    for (const address of ['127.0.0.1', '::1', '2001:db8::1:0:5', '::ffff:127.0.0.9']) {
      assert.equal(certificate.checkIP(address), address);
    }
    assert.equal(certificate.checkIP('127.0.0.2'), undefined);
  });

  it('names any IPv6 address exactly', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const issued = issueCertificate(authority, {
          commonName: 'server',
          ipAddresses: [address],
          usages: ['server'],
        });
        assert.equal(new X509Certificate(issued.certificate).checkIP(address), address);
      }),
      { numRuns: 50 },
    );
  });

  it('carries user and groups of a client as CN and O', () => {
    const issued = issueCertificate(authority, {
      commonName: 'jürgen',
      organizations: ['system:masters', 'developers'],
      usages: ['client'],
    });
    const { subject, keyUsage } = new X509Certificate(issued.certificate);
    assert.equal(subject, 'O=system:masters\nO=developers\nCN=jürgen');
    assert.deepEqual(keyUsage, ['1.3.6.1.5.5.7.3.2']);
  });

  it('holds exactly the validity it was asked for', () => {
    const notBefore = new Date('1999-12-31T23:59:59Z');
    const notAfter = new Date('2051-02-03T04:05:06Z');
    const issued = issueCertificate(authority, { commonName: 'x', usages: ['client'], notBefore, notAfter });
    const certificate = new X509Certificate(issued.certificate);
    assert.deepEqual(certificate.validFromDate, notBefore);
    assert.deepEqual(certificate.validToDate, notAfter);
  });

  it('does not outlive its authority unless asked', () => {
    const notAfter = new Date(Math.floor(Date.now() / 1000) * 1000 + DAY);
    const shortLived = createCertificateAuthority({ commonName: 'short-lived', notAfter });
    const issued = issueCertificate(shortLived, { commonName: 'x', usages: ['client'] });
    assert.deepEqual(new X509Certificate(issued.certificate).validToDate, notAfter);
  });

  it('gives every certificate its own serial number and key', () => {
    const issued = Array.from({ length: 20 }, () =>
      issueCertificate(authority, { commonName: 'x', usages: ['client'] }),
    );
    assert.equal(new Set(issued.map((one) => new X509Certificate(one.certificate).serialNumber)).size, issued.length);
    assert.equal(new Set(issued.map((one) => one.privateKey.reveal())).size, issued.length);
  });

  it('refuses names that cannot stand in a certificate', () => {
    const issue =
      (options: { commonName?: string; dnsNames?: string[]; ipAddresses?: string[]; notAfter?: Date }) => () =>
        issueCertificate(authority, { commonName: 'x', usages: ['server'], ...options });
    assert.throws(issue({ commonName: '' }), /empty name/);
    assert.throws(issue({ dnsNames: ['a b'] }), /not a DNS name for a certificate: "a b"/);
    assert.throws(issue({ dnsNames: ['exämple.test'] }), /not a DNS name/);
    assert.throws(issue({ ipAddresses: ['127.0.0.256'] }), /not an IP address/);
    assert.throws(issue({ ipAddresses: ['fe80::1%eth0'] }), /not an IP address/);
    assert.throws(issue({ notAfter: new Date(0) }), /cannot end before it begins/);
  });
});

describe('loadCertificateAuthority', () => {
  it('issues certificates that the stored certificate verifies', () => {
    const created = createCertificateAuthority({ commonName: 'stored' });
    const loaded = loadCertificateAuthority(created.certificate, created.privateKey.reveal());
    const issued = issueCertificate(loaded, { commonName: 'x', usages: ['client'] });
    const certificate = new X509Certificate(issued.certificate);
    assert.equal(certificate.checkIssued(new X509Certificate(created.certificate)), true);
    assert.equal(certificate.verify(new X509Certificate(created.certificate).publicKey), true);
  });

  it('refuses a key that belongs to another certificate', () => {
    const [one, other] = [
      createCertificateAuthority({ commonName: 'a' }),
      createCertificateAuthority({ commonName: 'a' }),
    ];
    assert.throws(() => loadCertificateAuthority(one.certificate, other.privateKey), /does not belong/);
  });

  it('refuses a certificate that is not one of an authority', () => {
    const authority = createCertificateAuthority({ commonName: 'a' });
    const issued = issueCertificate(authority, { commonName: 'x', usages: ['client'] });
    assert.throws(() => loadCertificateAuthority(issued.certificate, issued.privateKey), /not a CA certificate/);
  });

  it('keeps the chain of an authority issued by others', async () => {
    const authority = withOtherKeyIdentifier(createCertificateAuthority({ commonName: 'made elsewhere' }));
    const server = issueCertificate(authority, {
      commonName: 'localhost',
      dnsNames: ['localhost'],
      usages: ['server'],
    });
    const client = issueCertificate(authority, { commonName: 'client', usages: ['client'] });
    assert.equal((await handshake(authority, server, client)).subject?.CN, 'client');
  });
});

describe('TLS with certificates of our own', () => {
  const authority = createCertificateAuthority({ commonName: 'test authority' });
  const server = issueCertificate(authority, {
    commonName: 'server',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    usages: ['server'],
  });

  it('authenticates server and client to each other', async () => {
    const client = issueCertificate(authority, { commonName: 'maria', organizations: ['admins'], usages: ['client'] });
    const peer = await handshake(authority, server, client);
    assert.deepEqual({ ...peer.subject }, { O: 'admins', CN: 'maria' });
  });

  it('fails for an expired certificate', async () => {
    const expired = issueCertificate(authority, {
      commonName: 'server',
      dnsNames: ['localhost'],
      usages: ['server'],
      notBefore: new Date(Date.now() - 2 * DAY),
      notAfter: new Date(Date.now() - DAY),
    });
    const client = issueCertificate(authority, { commonName: 'maria', usages: ['client'] });
    await assert.rejects(handshake(authority, expired, client), { code: 'CERT_HAS_EXPIRED' });
  });

  it('fails for a client certificate that is presented by a server', async () => {
    const client = issueCertificate(authority, { commonName: 'maria', dnsNames: ['localhost'], usages: ['client'] });
    await assert.rejects(handshake(authority, client, client), { code: 'INVALID_PURPOSE' });
  });

  it('fails for an authority of the same name with another key', async () => {
    const other = createCertificateAuthority({ commonName: 'test authority' });
    const client = issueCertificate(authority, { commonName: 'maria', usages: ['client'] });
    await assert.rejects(handshake(other, server, client), /certificate/);
  });
});

describe('DER', () => {
  it('writes lengths, identifiers, numbers and times as X.690 and RFC 5280 have them', () => {
    assert.equal(octetString(Buffer.alloc(127)).subarray(0, 2).toString('hex'), '047f');
    assert.equal(octetString(Buffer.alloc(128)).subarray(0, 3).toString('hex'), '048180');
    assert.equal(octetString(Buffer.alloc(256)).subarray(0, 4).toString('hex'), '04820100');
    assert.equal(objectIdentifier('1.2.840.113549').toString('hex'), '06062a864886f70d');
    assert.equal(unsignedInteger(Buffer.from([0x80])).toString('hex'), '02020080');
    assert.equal(unsignedInteger(Buffer.from([0x00, 0x00, 0x7f])).toString('hex'), '02017f');
    assert.equal(unsignedInteger(Buffer.alloc(0)).toString('hex'), '020100');
    assert.equal(time(new Date('2049-12-31T23:59:59Z')).toString('latin1'), '\x17\x0d491231235959Z');
    assert.equal(time(new Date('2050-01-01T00:00:00Z')).toString('latin1'), '\x18\x0f20500101000000Z');
    assert.throws(() => time(new Date('+010000-01-01T00:00:00Z')), RangeError);
  });

  it('refuses bytes that end within an element', () => {
    assert.throws(() => readElements(Buffer.from('0405aabb', 'hex')), RangeError);
    assert.throws(() => readElements(Buffer.from('3080', 'hex')), RangeError);
    assert.throws(() => readElements(Buffer.from('04', 'hex')), RangeError);
  });
});

/** The same authority, signed again with a key identifier calculated in another way. */
function withOtherKeyIdentifier(authority: CertificateAuthority): CertificateAuthority {
  const [whole] = readElements(new X509Certificate(authority.certificate).raw);
  const [toBeSigned, algorithm] = readElements(whole?.content ?? Buffer.alloc(0));
  assert.ok(toBeSigned && algorithm);
  const changed = Buffer.from(toBeSigned.encoded);
  const value = changed.indexOf(objectIdentifier('2.5.29.14')) + objectIdentifier('2.5.29.14').length;
  changed.fill(0xa5, changed.length - 20);
  assert.equal(changed.length - 20, value + 4, 'the key identifier is the last extension');
  const signature = sign('sha256', changed, createPrivateKey(authority.privateKey.reveal()));
  const certificate = new X509Certificate(sequence(changed, algorithm.encoded, bitString(signature))).toString();
  return loadCertificateAuthority(certificate, authority.privateKey);
}

/** One mutual handshake on loopback; gives the client's certificate as the server saw it. */
async function handshake(
  authority: CertificateAuthority,
  server: CertificateWithKey,
  client: CertificateWithKey,
): Promise<PeerCertificate> {
  const seen = Promise.withResolvers<PeerCertificate>();
  const listener = createServer(
    { key: server.privateKey.reveal(), cert: server.certificate, ca: authority.certificate, requestCert: true },
    (socket) => {
      seen.resolve(socket.getPeerCertificate());
      socket.end();
    },
  );
  listener.on('tlsClientError', () => {});
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  try {
    const socket = connect({
      host: '127.0.0.1',
      servername: 'localhost',
      port,
      ca: authority.certificate,
      key: client.privateKey.reveal(),
      cert: client.certificate,
    });
    socket.resume();
    await once(socket, 'close');
    return await seen.promise;
  } finally {
    listener.close();
  }
}
