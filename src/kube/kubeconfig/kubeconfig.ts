import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { X509Certificate } from 'node:crypto';
import { type Clock, systemClock, timestamp } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { clientCertificateMaterial, decodeData, type Validity, validityOfToken } from './data.ts';
import { chooseEntries, reportUnknownFields } from './structure.ts';
import { parseKubeconfigText } from './text.ts';
import { textAt } from '../../kube-objects/kube-object.ts';

/** What of an uploaded kubeconfig is used. */
export interface KubeconfigCredential {
  /** PEM; empty when the file has none. */
  readonly certificateAuthority: string;
  readonly tlsServerName?: string;
  readonly material: Secret<CredentialMaterial>;
  /** RFC 3339; empty when not known. */
  readonly notBefore: string;
  /** RFC 3339; empty when not known. */
  readonly notAfter: string;
}

export interface KubeconfigReading {
  /** There exactly when there are no findings. */
  readonly credential: KubeconfigCredential | undefined;
  /** Everything that keeps the kubeconfig from being used, not only the first. */
  readonly findings: readonly NautesError[];
  /** What was accepted and may not be what its sender expects. */
  readonly warnings: readonly Message[];
}

/** A certificate that was made a moment ago on a machine whose clock is ahead is no mistake. */
const CLOCK_TOLERANCE_MILLISECONDS = 5 * 60_000;

const CLUSTER_FIELDS = [
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'disable-compression',
  'extensions',
  'insecure-skip-tls-verify',
  'proxy-url',
  'tls-server-name',
];
const USER_FIELDS = [
  'as',
  'as-groups',
  'as-uid',
  'as-user-extra',
  'auth-provider',
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'exec',
  'extensions',
  'password',
  'token',
  'tokenFile',
  'username',
];

/**
 * Reads an uploaded kubeconfig (YAML or base64 of it): the entries that its current context chooses, nothing of which
 * is ever executed or read from a file. Its server is not used: the cluster is registered under an address of its own.
 * Neither findings nor warnings hold any value of the file.
 */
export function readKubeconfig(text: Secret, clock: Clock = systemClock): KubeconfigReading {
  const findings: NautesError[] = [];
  const warnings: Message[] = [];
  const document = attempt(findings, () => ({ data: parseKubeconfigText(text.reveal()) }));
  if (document === undefined) return { credential: undefined, findings, warnings };
  const { cluster, user } = chooseEntries(document.data, findings);
  const trust = cluster === undefined ? undefined : readCluster(cluster, findings);
  const identity = user === undefined ? undefined : readUser(user, clock, findings, warnings);
  if (findings.length > 0 || trust === undefined || identity === undefined) {
    return { credential: undefined, findings, warnings };
  }
  return { credential: { ...trust, ...identity }, findings, warnings };
}

type Entry = Readonly<Record<string, unknown>>;
type Trust = Pick<KubeconfigCredential, 'certificateAuthority' | 'tlsServerName'>;
type Identity = Pick<KubeconfigCredential, 'material' | 'notBefore' | 'notAfter'>;

function readCluster(cluster: Entry, findings: NautesError[]): Trust {
  reportUnknownFields(cluster, CLUSTER_FIELDS, message('kubeconfigPart.cluster'), findings);
  reportFile(cluster, 'certificate-authority', findings);
  if (isSet(cluster, 'proxy-url')) findings.push(new NautesError('KubeconfigProxyRefused'));
  if (isSet(cluster, 'insecure-skip-tls-verify')) findings.push(new NautesError('KubeconfigInsecureRefused'));
  if (/^http:/i.test(textAt(cluster, 'server').trim())) findings.push(new NautesError('KubeconfigServerInsecure'));
  const tlsServerName = textAt(cluster, 'tls-server-name');
  if (tlsServerName !== '' && !/^[A-Za-z0-9]([-A-Za-z0-9.]{0,252})$/.test(tlsServerName)) {
    findings.push(
      new NautesError('KubeconfigDataInvalid', {
        field: 'tls-server-name',
        problem: message('KubeconfigDataInvalid.hostName'),
      }),
    );
  }
  const certificateAuthority = attempt(findings, () => readAuthority(cluster)) ?? '';
  return { certificateAuthority, ...(tlsServerName === '' ? {} : { tlsServerName }) };
}

function readAuthority(cluster: Entry): string {
  const field = 'certificate-authority-data';
  if (!isSet(cluster, field)) return '';
  const pem = decodeData(cluster, field);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    throw new NautesError('KubeconfigDataInvalid', { field, problem: message('KubeconfigDataInvalid.certificate') });
  if (!blocks.every(isCertificate)) {
    throw new NautesError('KubeconfigDataInvalid', {
      field,
      problem: message('KubeconfigDataInvalid.unreadableCertificate'),
    });
  }
  return `${blocks.join('\n')}\n`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function readUser(user: Entry, clock: Clock, findings: NautesError[], warnings: Message[]): Identity | undefined {
  reportUnknownFields(user, USER_FIELDS, message('kubeconfigPart.user'), findings);
  for (const field of ['client-certificate', 'client-key', 'tokenFile']) reportFile(user, field, findings);
  const executes = isSet(user, 'exec');
  const delegates = isSet(user, 'auth-provider');
  if (executes) findings.push(new NautesError('KubeconfigExecRefused'));
  if (delegates) findings.push(new NautesError('KubeconfigAuthProviderRefused'));
  if (['as', 'as-groups', 'as-uid', 'as-user-extra'].some((field) => isSet(user, field))) {
    findings.push(new NautesError('KubeconfigImpersonationRefused'));
  }
  const byReference = executes || delegates || ['client-certificate', 'tokenFile'].some((field) => isSet(user, field));
  const identity = attempt(findings, () => chooseIdentity(user, byReference, warnings));
  if (identity === undefined) return undefined;
  reportValidity(identity, clock, findings);
  return {
    material: new Secret(identity.material),
    notBefore: identity.validity.notBefore === undefined ? '' : timestamp(identity.validity.notBefore),
    notAfter: identity.validity.notAfter === undefined ? '' : timestamp(identity.validity.notAfter),
  };
}

interface ChosenIdentity {
  readonly material: CredentialMaterial;
  readonly validity: Validity;
  /** What it is called in messages. */
  readonly label: Message;
}

/** API servers look at the client certificate first, then at the token; so do we. */
function chooseIdentity(user: Entry, byReference: boolean, warnings: Message[]): ChosenIdentity | undefined {
  const token = textAt(user, 'token').trim();
  if (isSet(user, 'client-certificate-data') || isSet(user, 'client-key-data')) {
    if (token !== '') warnings.push(message('Warning.tokenUnused'));
    return { ...clientCertificateMaterial(user), label: message('credential.clientCertificate') };
  }
  if (token !== '') {
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new NautesError('KubeconfigDataInvalid', {
        field: 'token',
        problem: message('KubeconfigDataInvalid.token'),
      });
    }
    return { material: { kind: 'token', token }, validity: validityOfToken(token), label: message('credential.token') };
  }
  const username = textAt(user, 'username');
  const password = textAt(user, 'password');
  if (username !== '' && password !== '') {
    warnings.push(message('Warning.basicAuthentication'));
    return { material: { kind: 'basic', username, password }, validity: {}, label: message('credential.password') };
  }
  if (byReference) return undefined; // that was reported already
  throw new NautesError('KubeconfigWithoutCredential');
}

function reportValidity({ validity, label }: ChosenIdentity, clock: Clock, findings: NautesError[]): void {
  const { notBefore, notAfter } = validity;
  const now = clock.now();
  if (notAfter !== undefined && notAfter <= now) {
    findings.push(new NautesError('CredentialExpired', { credential: label, notAfter: timestamp(notAfter) }));
  }
  if (notBefore !== undefined && notBefore > now + CLOCK_TOLERANCE_MILLISECONDS) {
    findings.push(new NautesError('CredentialNotYetValid', { credential: label, notBefore: timestamp(notBefore) }));
  }
}

function reportFile(entry: Entry, field: string, findings: NautesError[]): void {
  if (isSet(entry, field)) findings.push(new NautesError('KubeconfigFileReference', { field }));
}

/** A field that says something: kubectl leaves out empty ones, others write them. */
function isSet(entry: Entry, field: string): boolean {
  const value = Object.hasOwn(entry, field) ? entry[field] : undefined;
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== '' && value !== false;
}

/** The result, or `undefined` with the NautesError among the findings. */
function attempt<T>(findings: NautesError[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NautesError)) throw error;
    findings.push(error);
    return undefined;
  }
}
