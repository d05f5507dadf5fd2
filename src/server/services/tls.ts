import { readBoundedFile } from '../../base/files/bounded-file.ts';
import { fileProblem } from '../../errors/system-code.ts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { NautesError } from '../../errors/errors.ts';
import { isMissingFile, writeFileAtomically } from '../../base/files/files.ts';
import { Secret } from '../../base/secret.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueCertificate,
  loadCertificateAuthority,
} from '../../base/tls/x509.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { dataPaths } from '../configuration/data-paths.ts';
import { readListen } from '../configuration/load.ts';
import { invalidKey } from '../configuration/invalid.ts';
import { message } from '../../messages/message.ts';

const YEAR_MILLISECONDS = 365 * 24 * 3600 * 1000;
const AUTHORITY_YEARS = 10;

export interface ServerTls {
  /** PEM, the server's certificate first. */
  readonly certificate: string;
  readonly key: Secret;
}

export interface OpenedTls extends ServerTls {
  /**
   * The certificate to serve from now on; `undefined` while it is unchanged.
   * @throws NautesError `ConfigurationInvalid` when it cannot be used
   */
  renewed(): Promise<ServerTls | undefined>;
}

/**
 * The certificate source of the API, or `undefined` for plain HTTP.
 * @throws NautesError `ConfigurationInvalid` naming the file that cannot be used
 */
export async function openTls(configuration: Configuration): Promise<OpenedTls | undefined> {
  switch (configuration.tls.mode) {
    case 'off':
      return undefined;
    case 'files':
      return renewing(() => fromFiles(configuration.tls));
    case 'auto':
      return renewing(() => fromOwnAuthority(configuration), YEAR_MILLISECONDS / 2);
    default:
      throw new Error('unknown TLS mode');
  }
}

/** @param lifetime how long a certificate is served before its renewal; without one files are compared each time */
async function renewing(make: () => Promise<ServerTls>, lifetime = 0): Promise<OpenedTls> {
  let current = await make();
  let madeAt = Date.now();
  const renewed = async (): Promise<ServerTls | undefined> => {
    if (Date.now() - madeAt < lifetime) return undefined;
    const next = await make();
    if (next.certificate === current.certificate && next.key.reveal() === current.key.reveal()) return undefined;
    current = next;
    madeAt = Date.now();
    return next;
  };
  return { ...current, renewed };
}

async function fromFiles({ certificateFile, keyFile }: Configuration['tls']): Promise<ServerTls> {
  const certificate = await readPem('tls.certificateFile', certificateFile);
  const key = await readPem('tls.keyFile', keyFile);
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch (error) {
    const problem = message('ConfigurationInvalid.notCertificate', { file: certificateFile });
    throw invalidKey('tls.certificateFile', problem, error);
  }
  if (Date.parse(parsed.validTo) < Date.now()) {
    throw invalidKey('tls.certificateFile', message('ConfigurationInvalid.expired', { time: parsed.validTo }));
  }
  if (!isKeyOf(parsed, key)) throw invalidKey('tls.keyFile', message('ConfigurationInvalid.otherPrivateKey'));
  return { certificate, key: new Secret(key) };
}

function isKeyOf(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false; // the reason is not reported: a parser's error may contain parts of the key
  }
}

/** Of certificates, or of a key, in a file. */
const MAXIMUM_PEM_BYTES = 1024 * 1024;

async function readPem(key: string, file: string): Promise<string> {
  if (file === '') throw invalidKey(key, message('ConfigurationInvalid.tlsFiles'));
  try {
    return (await readBoundedFile(file, MAXIMUM_PEM_BYTES)).toString('utf8');
  } catch (error) {
    throw invalidKey(key, fileProblem(file, error), error);
  }
}

/** A new certificate at each start, from an authority that is created once. */
async function fromOwnAuthority(configuration: Configuration): Promise<ServerTls> {
  const authority = await openAuthority(configuration.dataDirectory);
  const host = readListen(configuration.listen)?.host ?? 'localhost';
  const names = [...new Set([host, 'localhost', '127.0.0.1', '::1', hostname(), ...configuration.tls.names])];
  const { certificate, privateKey } = issueCertificate(authority, {
    commonName: 'Nautes API',
    dnsNames: names.filter((name) => isIP(name) === 0),
    ipAddresses: names.filter((name) => isIP(name) !== 0),
    usages: ['server'],
    notAfter: new Date(Date.now() + YEAR_MILLISECONDS),
  });
  return { certificate: `${certificate}${authority.certificate}`, key: privateKey };
}

async function openAuthority(dataDirectory: string): Promise<CertificateAuthority> {
  const paths = dataPaths(dataDirectory);
  try {
    return loadCertificateAuthority(
      (await readBoundedFile(paths.authority, MAXIMUM_PEM_BYTES)).toString('utf8'),
      (await readBoundedFile(paths.authorityKey, MAXIMUM_PEM_BYTES)).toString('utf8'),
    );
  } catch (error) {
    if (!isMissingFile(error)) throw authorityUnusable(paths, error);
  }
  const notAfter = new Date(Date.now() + AUTHORITY_YEARS * YEAR_MILLISECONDS);
  const authority = createCertificateAuthority({ commonName: `Nautes CA of ${hostname()}`, notAfter });
  await writeFileAtomically(paths.authorityKey, authority.privateKey.reveal());
  await writeFileAtomically(paths.authority, authority.certificate, 0o644);
  return authority;
}

function authorityUnusable(paths: ReturnType<typeof dataPaths>, cause: unknown): NautesError {
  const files = { certificate: paths.authority, privateKey: paths.authorityKey };
  return new NautesError(
    'ConfigurationInvalid',
    { problem: message('ConfigurationInvalid.authority', files) },
    { cause },
  );
}
