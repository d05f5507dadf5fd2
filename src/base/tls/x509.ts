import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import {
  bitString,
  boolean,
  contextConstructed,
  contextPrimitive,
  type DerElement,
  namedBits,
  objectIdentifier,
  octetString,
  readElements,
  sequence,
  setOfOne,
  time,
  unsignedInteger,
  utf8String,
} from './der.ts';
import { Secret } from '../secret.ts';

/**
 * X.509 certificates (RFC 5280) of a certificate authority of our own: EC P-256 keys, ECDSA with SHA-256.
 * Node reads certificates but cannot create them. Not supported: revocation, other keys.
 */

/** A certificate with the private key that belongs to it. */
export interface CertificateWithKey {
  /** PEM, one certificate. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly privateKey: Secret;
}

/** A certificate that may sign others; from {@link createCertificateAuthority} or {@link loadCertificateAuthority}. */
export type CertificateAuthority = CertificateWithKey;

export interface ValidityOptions {
  /** Default: five minutes ago, for peers whose clock is behind. */
  readonly notBefore?: Date;
  /** Default: ten years from now for an authority; one year, and not beyond its authority, for what it issues. */
  readonly notAfter?: Date;
}

export interface CertificateAuthorityOptions extends ValidityOptions {
  readonly commonName: string;
}

export type CertificateUsage = 'server' | 'client';

export interface CertificateOptions extends ValidityOptions {
  /** In Kubernetes the user name of a client. */
  readonly commonName: string;
  /** In Kubernetes the groups of a client. */
  readonly organizations?: readonly string[];
  /** Host names a server answers to, a leading `*.` allowed; in ASCII. */
  readonly dnsNames?: readonly string[];
  /** IPv4 and IPv6 addresses a server answers to. */
  readonly ipAddresses?: readonly string[];
  readonly usages: readonly CertificateUsage[];
  /** An intermediate authority: it may issue others. */
  readonly isAuthority?: boolean;
}

const CLOCK_SKEW_MILLISECONDS = 5 * 60 * 1000;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const AUTHORITY_VALIDITY_MILLISECONDS = 3650 * DAY_MILLISECONDS;
const CERTIFICATE_VALIDITY_MILLISECONDS = 365 * DAY_MILLISECONDS;

const OID = {
  organizationName: '2.5.4.10',
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
} as const;

/** Bits of the KeyUsage extension (RFC 5280, 4.2.1.3). */
const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/** Tag numbers of GeneralName (RFC 5280, 4.2.1.6). */
const GENERAL_NAME = { dnsName: 2, ipAddress: 7 } as const;

const CURVE = 'prime256v1';
const SERIAL_BYTES = 16;
/** Version 3, the only one with extensions, is written as 2. */
const VERSION_3 = Buffer.from([2]);
const EXTENSIONS_TAG = 0xa3;

/** A new self-signed authority with a new key. Takes less than a millisecond. */
export function createCertificateAuthority(options: CertificateAuthorityOptions): CertificateAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: CURVE });
  const name = distinguishedName([], options.commonName);
  const keyIdentifier = keyIdentifierOf(keys.publicKey);
  const { notBefore, notAfter } = validityOf(options, Date.now() + AUTHORITY_VALIDITY_MILLISECONDS);
  const certificate = signedCertificate({
    issuer: name,
    subject: name,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    extensions: [
      extension(OID.basicConstraints, true, sequence(boolean(true))),
      extension(OID.keyUsage, true, namedBits([KEY_USAGE.digitalSignature, KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign])),
      extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier)),
    ],
    signingKey: keys.privateKey,
  });
  return { certificate, privateKey: pemOfPrivateKey(keys.privateKey) };
}

/**
 * Loads a stored authority.
 * @throws Error when the certificate is not a CA certificate, or the key does not match it or is not EC P-256
 */
export function loadCertificateAuthority(certificatePem: string, privateKeyPem: string | Secret): CertificateAuthority {
  const certificate = new X509Certificate(certificatePem);
  const pem = typeof privateKeyPem === 'string' ? privateKeyPem : privateKeyPem.reveal();
  const privateKey = createPrivateKey(pem);
  if (!certificate.ca) throw new Error('the certificate is not a CA certificate');
  if (privateKey.asymmetricKeyDetails?.namedCurve !== CURVE) throw new Error('the private key is not an EC P-256 key');
  if (!certificate.checkPrivateKey(privateKey)) throw new Error('the private key does not belong to the certificate');
  return { certificate: certificate.toString(), privateKey: pemOfPrivateKey(privateKey) };
}

/**
 * A certificate for a new key, signed by the authority.
 * @throws Error when a name or address cannot stand in a certificate
 */
export function issueCertificate(authority: CertificateAuthority, options: CertificateOptions): CertificateWithKey {
  const issuerCertificate = new X509Certificate(authority.certificate);
  const issuer = issuerIdentity(issuerCertificate);
  const keys = generateKeyPairSync('ec', { namedCurve: CURVE });
  const latest = Math.min(Date.now() + CERTIFICATE_VALIDITY_MILLISECONDS, issuerCertificate.validToDate.getTime());
  const { notBefore, notAfter } = validityOf(options, latest);
  const certificate = signedCertificate({
    issuer: issuer.subject,
    subject: distinguishedName(options.organizations ?? [], options.commonName),
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    extensions: issuedExtensions(options, keys.publicKey, issuer.keyIdentifier),
    signingKey: createPrivateKey(authority.privateKey.reveal()),
  });
  return { certificate, privateKey: pemOfPrivateKey(keys.privateKey) };
}

function issuedExtensions(
  options: CertificateOptions,
  publicKey: KeyObject,
  issuerKeyIdentifier: Buffer | undefined,
): Buffer[] {
  const purposes = options.usages.map((usage) =>
    objectIdentifier(usage === 'server' ? OID.serverAuthentication : OID.clientAuthentication),
  );
  const names = [
    ...(options.dnsNames ?? []).map((name) => contextPrimitive(GENERAL_NAME.dnsName, dnsNameBytes(name))),
    ...(options.ipAddresses ?? []).map((address) => contextPrimitive(GENERAL_NAME.ipAddress, addressBytes(address))),
  ];
  const { isAuthority = false } = options;
  const extensions = [
    extension(OID.basicConstraints, true, sequence(...(isAuthority ? [boolean(true)] : []))),
    extension(OID.keyUsage, true, namedBits([isAuthority ? KEY_USAGE.keyCertSign : KEY_USAGE.digitalSignature])),
    ...(purposes.length === 0 ? [] : [extension(OID.extendedKeyUsage, false, sequence(...purposes))]),
    extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifierOf(publicKey))),
  ];
  if (issuerKeyIdentifier !== undefined) {
    extensions.push(extension(OID.authorityKeyIdentifier, false, sequence(contextPrimitive(0, issuerKeyIdentifier))));
  }
  if (names.length > 0) extensions.push(extension(OID.subjectAlternativeName, false, sequence(...names)));
  return extensions;
}

interface CertificateContent {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly signingKey: KeyObject;
}

/** The certificate in PEM. */
function signedCertificate(content: CertificateContent): string {
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const toBeSigned = sequence(
    contextConstructed(0, unsignedInteger(VERSION_3)),
    unsignedInteger(randomSerial()),
    algorithm,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    publicKeyInfo(content.publicKey),
    contextConstructed(3, sequence(...content.extensions)),
  );
  const signature = sign('sha256', toBeSigned, content.signingKey);
  return new X509Certificate(sequence(toBeSigned, algorithm, bitString(signature))).toString();
}

/** Positive, and of constant length. */
function randomSerial(): Buffer {
  const serial = randomBytes(SERIAL_BYTES);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [boolean(true)] : [];
  return sequence(objectIdentifier(identifier), ...flag, octetString(value));
}

function distinguishedName(organizations: readonly string[], commonName: string): Buffer {
  if (commonName === '' || organizations.includes('')) throw new Error('a certificate cannot carry an empty name');
  const attributes = [
    ...organizations.map((name) => [OID.organizationName, name] as const),
    [OID.commonName, commonName] as const,
  ];
  return sequence(...attributes.map(([type, value]) => setOfOne(sequence(objectIdentifier(type), utf8String(value)))));
}

interface IssuerIdentity {
  /** The subject as it is encoded: issuer and subject of a chain are compared byte by byte. */
  readonly subject: Buffer;
  /** The subject key identifier; other issuers may have calculated it in another way. */
  readonly keyIdentifier: Buffer | undefined;
}

/** TBSCertificate: [0] version, serial, algorithm, issuer, validity, subject, key, …, [3] extensions. */
function issuerIdentity(certificate: X509Certificate): IssuerIdentity {
  const fields = childrenOf(childrenOf(readElements(certificate.raw)[0])[0]);
  const subject = fields[5];
  if (subject === undefined) throw new Error('the certificate of the authority has no subject');
  const extensions = childrenOf(childrenOf(fields.find((field) => field.tag === EXTENSIONS_TAG))[0]).map(childrenOf);
  const identifier = objectIdentifier(OID.subjectKeyIdentifier);
  const found = extensions.find((parts) => parts[0]?.encoded.equals(identifier))?.at(-1);
  return { subject: subject.encoded, keyIdentifier: childrenOf(found)[0]?.content };
}

function childrenOf(parent: DerElement | undefined): DerElement[] {
  return parent === undefined ? [] : readElements(parent.content);
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** SHA-256 of the public key, its leftmost 160 bits (RFC 7093, method 1). */
function keyIdentifierOf(publicKey: KeyObject): Buffer {
  const [, keyBits] = childrenOf(readElements(publicKeyInfo(publicKey))[0]);
  if (keyBits === undefined) throw new Error('the public key is not a SubjectPublicKeyInfo');
  return createHash('sha256').update(keyBits.content.subarray(1)).digest().subarray(0, 20);
}

function validityOf(options: ValidityOptions, latest: number): { notBefore: Date; notAfter: Date } {
  const notBefore = options.notBefore ?? new Date(Date.now() - CLOCK_SKEW_MILLISECONDS);
  const notAfter = options.notAfter ?? new Date(latest);
  if (notAfter.getTime() <= notBefore.getTime()) throw new Error('a certificate cannot end before it begins');
  return { notBefore, notAfter };
}

function pemOfPrivateKey(key: KeyObject): Secret {
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

const DNS_NAME = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i;
const MAXIMUM_DNS_NAME_LENGTH = 253;

function dnsNameBytes(name: string): Buffer {
  if (name.length > MAXIMUM_DNS_NAME_LENGTH || !DNS_NAME.test(name)) {
    throw new Error(`not a DNS name for a certificate: ${JSON.stringify(name.slice(0, MAXIMUM_DNS_NAME_LENGTH))}`);
  }
  return Buffer.from(name, 'ascii');
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (isIPv6(address) && !address.includes('%')) return ipv6Bytes(address);
  throw new Error(`not an IP address for a certificate: ${JSON.stringify(address.slice(0, MAXIMUM_DNS_NAME_LENGTH))}`);
}

/** The URL parser writes an IPv6 address in hexadecimal groups only, whatever form it had. */
function ipv6Bytes(address: string): Buffer {
  const groupsOf = (text: string): string[] => text.split(':').filter((group) => group !== '');
  const [head = '', tail = ''] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...left, ...zeros, ...right].entries())
    bytes.writeUInt16BE(parseInt(group, 16), index * 2);
  return bytes;
}
