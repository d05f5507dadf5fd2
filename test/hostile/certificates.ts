import {
  type CertificateAuthority,
  type CertificateOptions,
  type CertificateWithKey,
  createCertificateAuthority,
  issueCertificate,
} from '../../src/base/tls/x509.ts';
import type { CertificateLie } from './lie.ts';

const HONEST: CertificateOptions = {
  commonName: 'peer',
  dnsNames: ['localhost'],
  ipAddresses: ['127.0.0.1'],
  usages: ['server'],
};

const day = 86_400_000;

const KINDS: Readonly<Record<CertificateLie['certificate'], () => Partial<CertificateOptions>>> = {
  manyNames: () => ({ dnsNames: names(2_000, 20) }),
  huge: () => ({ dnsNames: names(20_000, 50) }),
  expired: () => ({ notBefore: new Date(Date.now() - 3 * day), notAfter: new Date(Date.now() - day) }),
  future: () => ({ notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 3 * day) }),
  clientOnly: () => ({ usages: ['client'] }),
  controlCharacters: () => ({
    commonName: 'ready\u001b[2J\nReady\u202e',
    ipAddresses: ['192.0.2.1'],
    dnsNames: ['a.example.test'],
  }),
  empty: () => ({ commonName: ' ', dnsNames: [], ipAddresses: [] }),
  otherHost: () => ({ dnsNames: ['other.example.test'], ipAddresses: ['192.0.2.1'] }),
  otherAuthority: () => ({}),
};

/** The certificate of a peer on 127.0.0.1, an honest one by default. */
export function certificateOf(
  authority: CertificateAuthority,
  address: string,
  lie: CertificateLie['certificate'] | undefined,
): CertificateWithKey {
  const honest = { ...HONEST, ipAddresses: [...new Set([address, '127.0.0.1'])] };
  const issuer = lie === 'otherAuthority' ? createCertificateAuthority({ commonName: 'other-ca' }) : authority;
  return issueCertificate(issuer, { ...honest, ...(lie === undefined ? {} : KINDS[lie]()) });
}

function names(count: number, length: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${String(index).padStart(length, '0')}.example.test`);
}
