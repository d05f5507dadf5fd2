import { isIPv6 } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * For `checkServerIdentity` of a TLS client: the name must be among the alternative names. Node also takes a common
 * name, which Go's clients have refused since Go 1.15 (RFC 6125, 6.4.4). The
 * error has the code `CERT_WITHOUT_ALTERNATIVE_NAMES`. An IPv4 address in the form of IPv6 is that address, as Go has it.
 */
export function checkAlternativeNames(host: string, certificate: PeerCertificate): Error | undefined {
  const problem = checkServerIdentity(unmapped(host), certificate);
  if (problem !== undefined || certificate.subjectaltname !== undefined) return problem;
  return Object.assign(new Error('the certificate has no alternative names'), {
    code: 'CERT_WITHOUT_ALTERNATIVE_NAMES',
  });
}

/** `10.0.0.1` of `::ffff:10.0.0.1`, in any spelling; others as they are. */
function unmapped(host: string): string {
  if (!isIPv6(host)) return host;
  const { hostname } = new URL(`https://[${host}]`);
  const [, high = '', low = ''] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === '') return host;
  return [high, low]
    .flatMap((part) => {
      const value = Number.parseInt(part, 16);
      return [value >> 8, value & 0xff];
    })
    .join('.');
}
