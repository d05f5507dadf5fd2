/** What can be wrong with a certificate: a sentence each, the same causes for which Go's clients refuse it. */
import assert from 'node:assert/strict';
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { bitString, objectIdentifier, readElements, sequence } from '../../src/base/tls/der.ts';
import {
  type CertificateAuthority,
  type CertificateOptions,
  type CertificateWithKey,
  createCertificateAuthority,
  issueCertificate,
} from '../../src/base/tls/x509.ts';
import { NautesError } from '../../src/errors/errors.ts';
import { networkProblem } from '../../src/errors/network-problem.ts';
import { loopbackAddressPolicy } from '../../src/kube/transport/address.ts';
import { Transport } from '../../src/kube/transport/transport.ts';
import { render } from '../../src/messages/message.ts';

const signal = AbortSignal.timeout(60_000);
const authority = createCertificateAuthority({ commonName: 'root' });
const other = createCertificateAuthority({ commonName: 'other' });

const issued = (options: Partial<CertificateOptions> = {}, issuer: CertificateAuthority = authority) =>
  issueCertificate(issuer, { commonName: 'localhost', ipAddresses: ['127.0.0.1'], usages: ['server'], ...options });

const DAY = 86_400_000;
const ago = (days: number): Date => new Date(Date.now() - days * DAY);

interface Resigning {
  readonly digest: 'sha1' | 'sha256';
  /** Of its signature with that digest (ECDSA). */
  readonly algorithm: string;
  readonly serial?: Buffer;
  /** Text that takes the place of one of the same length. */
  readonly replaced?: readonly [text: string, by: string];
}

/** The same certificate with a signature of SHA-1, by its authority. */
const withSha1 = (made: CertificateWithKey): CertificateWithKey =>
  resigned(made, { digest: 'sha1', algorithm: '1.2.840.10045.4.1' });

function resigned({ certificate, privateKey }: CertificateWithKey, how: Resigning): CertificateWithKey {
  const algorithm = sequence(objectIdentifier(how.algorithm));
  const [outer] = readElements(new X509Certificate(certificate).raw);
  const [content] = readElements(outer?.content ?? Buffer.alloc(0));
  const fields = readElements(content?.content ?? Buffer.alloc(0)).map(({ encoded }) => encoded);
  const [version = Buffer.alloc(0), serial = Buffer.alloc(0)] = fields;
  const whole = sequence(version, how.serial ?? serial, algorithm, ...fields.slice(3)).toString('latin1');
  const toBeSigned = Buffer.from(whole.replace(...(how.replaced ?? ['', ''])), 'latin1');
  const signature = sign(how.digest, toBeSigned, createPrivateKey(authority.privateKey.reveal()));
  const made = new X509Certificate(sequence(toBeSigned, algorithm, bitString(signature)));
  return { certificate: made.toString(), privateKey };
}

const SHA256 = { digest: 'sha256', algorithm: '1.2.840.10045.4.3.2' } as const;
const CUT_NAME = 'with a NUL within its name';
const LONG_SERIAL = 'with a long serial number';

/** No certificate that is made the usual way can have the name. */
const cutName = (): CertificateWithKey =>
  resigned(issued({ commonName: 'peer', ipAddresses: [], dnsNames: ['localhostx.example.test'] }), {
    ...SHA256,
    replaced: ['localhostx.', 'localhost\0.'],
  });

/** DER of a positive INTEGER of 1,000 bytes. */
const longInteger = (): Buffer => Buffer.concat([Buffer.from([0x02, 0x82, 0x03, 0xe8]), Buffer.alloc(1_000, 0x5a)]);

const notAuthority = issued({ usages: [] });
const faults: readonly (readonly [what: string, CertificateWithKey, reason: string, words: RegExp, chain?: string])[] =
  [
    ['of another authority', issued({}, other), 'ClusterCertificateUntrusted', /authority that is not trusted/],
    [
      'of another authority that it brings along',
      issued({}, other),
      'ClusterCertificateUntrusted',
      /authority that is not trusted/,
      other.certificate,
    ],
    ['that signs itself', other, 'ClusterCertificateSelfSigned', /is self-signed/],
    ['for another name', issued({ ipAddresses: ['127.0.0.2'] }), 'ClusterCertificateNameMismatch', /for another name/],
    [
      'that ended yesterday',
      issued({ notBefore: ago(2), notAfter: ago(1) }),
      'ClusterCertificateExpired',
      /has expired/,
    ],
    ['that begins tomorrow', issued({ notBefore: ago(-1) }), 'ClusterCertificateNotYetValid', /not valid yet/],
    ['for clients only', issued({ usages: ['client'] }), 'ClusterCertificatePurpose', /not one for servers/],
    [
      'of one that may not issue others',
      issued({}, notAuthority),
      'ClusterCertificatePurpose',
      /may not issue others/,
      notAuthority.certificate,
    ],
    ['with a signature of SHA-1', withSha1(issued()), 'ClusterCertificateWeak', /too weak/],
  ];

describe('a certificate that is refused', () => {
  const servers = new Map<string, Server>();

  async function serve(what: string, { certificate, privateKey }: CertificateWithKey, chain = ''): Promise<void> {
    const tls = { cert: `${certificate}${chain}`, key: privateKey.reveal(), ciphers: 'DEFAULT@SECLEVEL=0' };
    const server = createServer(tls, (_request, response) => void response.end('{}')).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => {});
    servers.set(what, server);
    await once(server, 'listening');
  }

  async function ask(what: string, tlsServerName?: string) {
    const server = servers.get(what);
    assert.ok(server !== undefined);
    const { port } = server.address() as AddressInfo;
    const transport = new Transport({
      server: `https://127.0.0.1:${port}`,
      certificateAuthority: authority.certificate,
      ...(tlsServerName === undefined ? {} : { tlsServerName }),
      material: undefined,
      addresses: loopbackAddressPolicy,
    });
    return await transport.request({ method: 'GET', path: '/version' }, signal).finally(() => transport.close());
  }

  async function failure(what: string, tlsServerName?: string): Promise<NautesError> {
    const error = await ask(what, tlsServerName).then(
      () => assert.fail('it was accepted'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NautesError, String(error));
    return error;
  }

  before(async () => {
    for (const [what, made, , , chain] of faults) await serve(what, made, chain);
    await serve('without alternative names', issued({ ipAddresses: [] }));
    await serve(CUT_NAME, cutName());
    await serve(LONG_SERIAL, resigned(issued(), { ...SHA256, serial: longInteger() }));
  });
  after(() => {
    for (const server of servers.values()) {
      server.closeAllConnections();
      server.close();
    }
  });

  for (const [what, , reason, words] of faults) {
    it(`${what}: ${reason}, with a remedy, and in words for every other peer`, async () => {
      const error = await failure(what);
      assert.equal(error.reason, reason);
      assert.notEqual(error.remedy, '');
      assert.match(render(networkProblem(error.cause), 'en'), words);
    });
  }

  it('with the right name before a NUL is for another name, and its words are clean', async () => {
    const error = await failure(CUT_NAME, 'localhost');
    assert.equal(error.reason, 'ClusterCertificateNameMismatch');
    for (const language of ['en', 'zh'] as const) assert.doesNotMatch(render(error.said, language), /\p{Cc}/u);
  });

  it('is not one for the length of its serial number: 1,000 bytes are accepted', async () => {
    const { status } = await ask(LONG_SERIAL);
    assert.equal(status, 200);
  });

  it('with a common name only is refused as Go refuses it, also where the name is the right one', async () => {
    const error = await failure('without alternative names', 'localhost');
    assert.equal(error.reason, 'ClusterCertificateWithoutNames');
    assert.match(error.message, /common name only/);
  });
});
