import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';

/**
 * Certificate authorities. The option `ca` of a TLS client replaces its default authorities; in this project the given
 * ones are always added to the defaults, so that a peer keeps working when it moves to a public certificate.
 */

/** An upper bound: each one is parsed. */
export const MAXIMUM_AUTHORITY_BYTES = 1024 * 1024;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

let everybodys: readonly string[] | undefined;

/**
 * The default trust: the authorities that come with Node, those of `NODE_EXTRA_CA_CERTS`, and those in the store of the
 * operating system. PEM, one certificate each.
 */
export function usualAuthorities(): readonly string[] {
  everybodys ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return everybodys;
}

/** For the option `ca` of a TLS client: the default authorities and these. */
export function authoritiesWith(additional: readonly string[]): string[] {
  return [...usualAuthorities(), ...additional];
}

/** True for text that contains certificates rather than the name of a file with them. */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}

/** A PEM text that holds no certificate, or one that cannot be parsed. */
export class PemError extends RangeError {
  override readonly name = 'PemError';
  /** Which one cannot be parsed, from 1 on; absent when there is none. */
  readonly certificate: number | undefined;

  constructor(certificate?: number) {
    super(
      certificate === undefined
        ? 'there is no certificate in PEM form in it'
        : `certificate ${certificate} in it cannot be read`,
    );
    this.certificate = certificate;
  }
}

/**
 * The certificates in a PEM text, one each.
 * @throws PemError when there is none, or one cannot be parsed; the message quotes nothing
 */
export function readPemCertificates(text: string): readonly string[] {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new PemError();
  return found.map((certificate, index) => {
    try {
      return new X509Certificate(certificate).toString();
    } catch {
      throw new PemError(index + 1);
    }
  });
}
