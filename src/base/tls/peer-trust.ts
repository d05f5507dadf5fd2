/** Options of a TLS client (`tls.connect`, `createSecureContext`, undici's `connect`) that say whom it believes. */
export interface PeerTrust {
  readonly minVersion: 'TLSv1.2';
  readonly allowPartialTrustChain: true;
  readonly ca?: string[];
}

/**
 * Whom a TLS client believes, as Go has it (crypto/x509, `VerifyOptions.Roots`): each certificate that is given is an
 * anchor, also that of an intermediate authority or of the server itself. OpenSSL takes only self-signed ones for
 * anchors unless it is told otherwise.
 * @param authorities PEM; absent: those that Node trusts
 */
export function peerTrust(authorities?: readonly string[]): PeerTrust {
  const trust = { minVersion: 'TLSv1.2', allowPartialTrustChain: true } as const;
  return authorities === undefined ? trust : { ...trust, ca: [...authorities] };
}
