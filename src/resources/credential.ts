import type { Secret } from '../base/secret.ts';

/** The registration that a credential belongs to. */
export interface CredentialScope {
  readonly cluster: string;
  readonly incarnation: string;
}

/** What a credential may be used for; it is sealed to these and never presented elsewhere. */
export interface CredentialBinding extends CredentialScope {
  /** `https://host:port[/path]` */
  readonly server: string;
  /** PEM of the certificates that the server's certificate must chain to; empty for the system's roots. */
  readonly certificateAuthority: string;
  /** Name that the server's certificate must have instead of the server's host. */
  readonly tlsServerName?: string;
  /** URL of the HTTP proxy by which the server is reached, without credentials; absent: as this server is configured. */
  readonly proxyUrl?: string;
}

/** Authentication material; exactly one of the three forms. */
export type CredentialMaterial =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'clientCertificate'; readonly certificate: string; readonly privateKey: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string };

export interface StoredCredential {
  readonly binding: CredentialBinding;
  readonly material: Secret<CredentialMaterial>;
  /** `uploaded` by a user, or `issued` to us by the cluster. */
  readonly origin: 'uploaded' | 'issued';
  /** RFC 3339; empty when it has no known end. */
  readonly expiresAt: string;
  /** RFC 3339 time of storing (or of issue). */
  readonly issuedAt: string;
  /** For issued ones: name of the Secret on the target that the token is bound to; empty otherwise. */
  readonly boundSecret: string;
  /** For issued ones: version of the uploaded credential that they were bootstrapped with, which is removed by then. */
  readonly uploadedVersion?: string;
}
