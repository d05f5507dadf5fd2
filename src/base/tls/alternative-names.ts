import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * For `checkServerIdentity` of a TLS client: the name must be among the alternative names. Node also takes a common
 * name, which Go's clients have refused since Go 1.15 (RFC 6125, 6.4.4). The
 * error has the code `CERT_WITHOUT_ALTERNATIVE_NAMES`.
 */
export function checkAlternativeNames(host: string, certificate: PeerCertificate): Error | undefined {
  const problem = checkServerIdentity(host, certificate);
  if (problem !== undefined || certificate.subjectaltname !== undefined) return problem;
  return Object.assign(new Error('the certificate has no alternative names'), {
    code: 'CERT_WITHOUT_ALTERNATIVE_NAMES',
  });
}
