import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CertificateAuthority,
  type CertificateWithKey,
  createCertificateAuthority,
  issueCertificate,
} from '../../src/base/tls/x509.ts';

/** Paths of PEM files, as the programs take them. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly privateKey: string;
}

export interface ControlPlanePki {
  /** Signs the certificates of the API server's clients, and its own until {@link replaceServingAuthority}. */
  readonly authority: CertificateAuthority;
  readonly authorityFile: string;
  /** PEM of the authority that signed the API server's certificate. */
  readonly servingAuthority: string;
  /** PEM of every authority that ever signs it: for the control plane's own programs, which do not start again. */
  readonly servingAuthorities: string;
  readonly apiServer: CertificateFiles;
  /** Writes a new certificate and key for the API server into its files. */
  renewApiServer(): Promise<void>;
  /** The same, from another authority from now on. */
  replaceServingAuthority(): Promise<void>;
  /** The API server's client certificate towards extension API servers. */
  readonly frontProxyAuthorityFile: string;
  readonly frontProxyClient: CertificateFiles;
  /** Signs service account tokens. */
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

/** Makes all certificates and keys of one control plane, in a new folder; the API server is at these addresses. */
export async function createControlPlanePki(directory: string, addresses: readonly string[]): Promise<ControlPlanePki> {
  await mkdir(directory, { mode: 0o700 });
  const authority = createCertificateAuthority({ commonName: 'kubernetes' });
  const frontProxyAuthority = createCertificateAuthority({ commonName: 'front-proxy-ca' });
  const nextAuthority = createCertificateAuthority({ commonName: 'kubernetes-next' });
  let servingAuthority = authority;
  const serviceAccountKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const writeApiServer = (): Promise<CertificateFiles> =>
    writeCertificate(directory, 'apiserver', issueApiServer(servingAuthority, addresses));
  const frontProxyClient = issueCertificate(frontProxyAuthority, {
    commonName: 'front-proxy-client',
    usages: ['client'],
  });
  return {
    authority,
    authorityFile: await writePem(directory, 'ca.crt', authority.certificate),
    apiServer: await writeApiServer(),
    get servingAuthority() {
      return servingAuthority.certificate;
    },
    servingAuthorities: authority.certificate + nextAuthority.certificate,
    renewApiServer: async () => void (await writeApiServer()),
    async replaceServingAuthority() {
      servingAuthority = nextAuthority;
      await writeApiServer();
    },
    frontProxyAuthorityFile: await writePem(directory, 'front-proxy-ca.crt', frontProxyAuthority.certificate),
    frontProxyClient: await writeCertificate(directory, 'front-proxy-client', frontProxyClient),
    serviceAccountKeyFile: await writePem(
      directory,
      'service-account.key',
      serviceAccountKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ),
    serviceAccountPublicKeyFile: await writePem(
      directory,
      'service-account.pub',
      serviceAccountKeys.publicKey.export({ type: 'spki', format: 'pem' }),
    ),
  };
}

function issueApiServer(authority: CertificateAuthority, addresses: readonly string[]): CertificateWithKey {
  return issueCertificate(authority, {
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
    ipAddresses: [...new Set(['127.0.0.1', ...addresses])],
    usages: ['server'],
  });
}

/** Who a client certificate is for. */
export interface ClientOptions {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export function issueClient(
  authority: CertificateAuthority,
  { user, groups = [], ...validity }: ClientOptions,
): CertificateWithKey {
  return issueCertificate(authority, { commonName: user, organizations: groups, usages: ['client'], ...validity });
}

export async function writeCertificate(
  directory: string,
  name: string,
  issued: CertificateWithKey,
): Promise<CertificateFiles> {
  return {
    certificate: await writePem(directory, `${name}.crt`, issued.certificate),
    privateKey: await writePem(directory, `${name}.key`, issued.privateKey.reveal()),
  };
}

export async function writePem(directory: string, name: string, pem: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, pem, { mode: 0o600 });
  return path;
}
