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

/** The same certificate with a signature of SHA-1, by its authority. */
function withSha1({ certificate, privateKey }: CertificateWithKey): CertificateWithKey {
  const algorithm = sequence(objectIdentifier('1.2.840.10045.4.1'));
  const [outer] = readElements(new X509Certificate(certificate).raw);
  const [content] = readElements(outer?.content ?? Buffer.alloc(0));
  const fields = readElements(content?.content ?? Buffer.alloc(0)).map(({ encoded }) => encoded);
  const toBeSigned = sequence(...fields.slice(0, 2), algorithm, ...fields.slice(3));
  const signature = sign('sha1', toBeSigned, createPrivateKey(authority.privateKey.reveal()));
  const made = new X509Certificate(sequence(toBeSigned, algorithm, bitString(signature)));
  return { certificate: made.toString(), privateKey };
}

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

  async function failure(what: string, tlsServerName?: string): Promise<NautesError> {
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
    const asked = transport.request({ method: 'GET', path: '/version' }, signal).finally(() => transport.close());
    const error = await asked.then(
      () => assert.fail('it was accepted'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NautesError, String(error));
    return error;
  }

  before(async () => {
    for (const [what, made, , , chain] of faults) await serve(what, made, chain);
    await serve('without alternative names', issued({ ipAddresses: [] }));
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

  it('with a common name only is refused as Go refuses it, also where the name is the right one', async () => {
    const error = await failure('without alternative names', 'localhost');
    assert.equal(error.reason, 'ClusterCertificateWithoutNames');
    assert.match(error.message, /common name only/);
  });
});
