import type { Message } from '../../messages/text.ts';
import { message } from '../../messages/message.ts';
import { X509Certificate } from 'node:crypto';
import { type Proxy, proxyAddress, proxyName, readProxy } from '../../base/network/proxy.ts';
import { type Clock, systemClock, timestamp } from '../../base/clock.ts';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { CredentialMaterial } from '../../resources/credential.ts';
import { clientCertificateMaterial, decodeData, type Validity, validityOfToken } from './data.ts';
import { defined } from '../../base/defined.ts';
import { textAt } from '../../kube-objects/kube-object.ts';
import { parseKubeconfigDocument } from '../../kubeconfig/document.ts';
import { type Entry, isSet, placeholderFindings } from '../../kubeconfig/entry.ts';
import { conflictsOf, proofOf } from '../../kubeconfig/client-rules.ts';
import { chooseContext, type KubeconfigFile, kubeconfigFileOf } from '../../kubeconfig/kubeconfig-file.ts';
import { warnOfUnknownFields } from './unknown-fields.ts';
import { decodeUpload } from './upload.ts';

/** What of an uploaded kubeconfig is used. */
export interface KubeconfigCredential {
  /** PEM; empty when the file has none. */
  readonly certificateAuthority: string;
  readonly tlsServerName?: string;
  /** URL of the proxy that the cluster is to be reached by, without credentials; absent: as this server is configured. */
  readonly proxyUrl?: string;
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

/** The proxies that a kubeconfig may ask for. */
export interface ProxyRules {
  /** The one by which this server reaches the cluster anyway. */
  readonly usual?: Proxy | undefined;
  /** Those that the configuration allows. */
  readonly allowed?: readonly Proxy[] | undefined;
}

/** A certificate that was made a moment ago on a machine whose clock is ahead is no mistake. */
const CLOCK_TOLERANCE_MILLISECONDS = 5 * 60_000;

/**
 * Reads an uploaded kubeconfig (YAML or base64 of it): the entries that its current context chooses, nothing of which
 * is ever executed or read from a file. Its server is not used: the cluster is registered under an address of its own.
 * @param proxies which it may ask for; by default none
 * Neither findings nor warnings hold any value of the file but names of entries.
 */
export function readKubeconfig(text: Secret, clock: Clock = systemClock, proxies: ProxyRules = {}): KubeconfigReading {
  const findings: NautesError[] = [];
  const warnings: Message[] = [];
  const document = attempt(findings, () => parseKubeconfigDocument(decodeUpload(text.reveal())));
  if (document === undefined) return { credential: undefined, findings, warnings };
  if (document.isFirstOfSeveral) warnings.push(message('Warning.kubeconfigDocuments'));
  const file = kubeconfigFileOf(document.data, findings);
  const { cluster, user } = (file && hasFewEntries(file, findings) && chooseContext(file, findings)) || {};
  warnOfUnknownFields({ file: document.data, cluster, user }, warnings);
  const trust = cluster === undefined ? undefined : readCluster(cluster, proxies, findings, warnings);
  const identity = user === undefined ? undefined : readUser(user, clock, findings, warnings);
  if (findings.length > 0 || trust === undefined || identity === undefined) {
    return { credential: undefined, findings, warnings };
  }
  return { credential: { ...trust, ...identity }, findings, warnings };
}

/** Entries of each list; more cannot be a kubeconfig for one cluster. */
const MAXIMUM_ENTRIES = 1_000;

function hasFewEntries(file: KubeconfigFile, findings: NautesError[]): boolean {
  const long = (['clusters', 'contexts', 'users'] as const).filter((list) => file[list].size > MAXIMUM_ENTRIES);
  for (const list of long) {
    const params = { list, count: file[list].size, limit: MAXIMUM_ENTRIES };
    findings.push(new NautesError('KubeconfigInvalid', { problem: message('KubeconfigInvalid.entryCount', params) }));
  }
  return long.length === 0;
}

type Trust = Pick<KubeconfigCredential, 'certificateAuthority' | 'tlsServerName' | 'proxyUrl'>;
type Identity = Pick<KubeconfigCredential, 'material' | 'notBefore' | 'notAfter'>;

function readCluster(cluster: Entry, proxies: ProxyRules, findings: NautesError[], warnings: Message[]): Trust {
  if (reportPlaceholders(cluster, findings)) return { certificateAuthority: '' };
  findings.push(...conflictsOf('cluster', cluster));
  reportFile(cluster, 'certificate-authority', findings);
  const proxyUrl = attempt(findings, () => readProxyUrl(textAt(cluster, 'proxy-url'), proxies, warnings));
  if (isSet(cluster, 'insecure-skip-tls-verify')) findings.push(new NautesError('KubeconfigInsecureRefused'));
  if (/^http:/i.test(textAt(cluster, 'server').trim())) findings.push(new NautesError('KubeconfigServerInsecure'));
  const tlsServerName = textAt(cluster, 'tls-server-name');
  if (tlsServerName !== '' && !/^[A-Za-z0-9_][-A-Za-z0-9._]{0,252}$/.test(tlsServerName)) {
    findings.push(
      new NautesError('KubeconfigDataInvalid', {
        field: 'tls-server-name',
        problem: message('KubeconfigDataInvalid.hostName'),
      }),
    );
  }
  const certificateAuthority = attempt(findings, () => readAuthority(cluster)) ?? '';
  return { certificateAuthority, ...(tlsServerName === '' ? {} : { tlsServerName }), ...defined({ proxyUrl }) };
}

/**
 * The proxy to be stored; none when the kubeconfig asks for none, or for the one by which this server reaches the cluster
 * anyway. Credentials in the URL do not count: this server has its own.
 * @throws NautesError `KubeconfigProxyRefused`
 */
function readProxyUrl(url: string, { usual, allowed = [] }: ProxyRules, warnings: Message[]): string | undefined {
  if (url === '') return undefined;
  const asked = readProxy(url);
  const address = typeof asked === 'object' ? proxyAddress(asked) : undefined;
  const isAllowed = allowed.some((each) => proxyAddress(each) === address);
  const isUsual = usual !== undefined && typeof asked === 'object' && proxyName(asked) === proxyName(usual);
  if (!isAllowed && !isUsual) throw new NautesError('KubeconfigProxyRefused');
  if (typeof asked === 'object' && asked.authorization !== undefined)
    warnings.push(message('Warning.proxyCredentials'));
  return isAllowed ? address : undefined;
}

function readAuthority(cluster: Entry): string {
  const field = 'certificate-authority-data';
  if (!isSet(cluster, field)) return '';
  const pem = decodeData(cluster, field);
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0)
    throw new NautesError('KubeconfigDataInvalid', { field, problem: message('KubeconfigDataInvalid.certificate') });
  const readable = blocks.filter(isCertificate); // Go leaves out the others as well (AppendCertsFromPEM)
  if (readable.length === 0) {
    throw new NautesError('KubeconfigDataInvalid', {
      field,
      problem: message('KubeconfigDataInvalid.unreadableCertificate'),
    });
  }
  return `${readable.join('\n')}\n`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function readUser(user: Entry, clock: Clock, findings: NautesError[], warnings: Message[]): Identity | undefined {
  if (reportPlaceholders(user, findings)) return undefined;
  findings.push(...conflictsOf('user', user));
  for (const field of ['client-certificate', 'client-key', 'tokenFile']) reportFile(user, field, findings);
  const asksProgram = reportPrograms(user, findings, warnings);
  if (['as', 'as-groups', 'as-uid', 'as-user-extra'].some((field) => isSet(user, field))) {
    findings.push(new NautesError('KubeconfigImpersonationRefused'));
  }
  const byReference = asksProgram || ['client-certificate', 'tokenFile'].some((field) => isFile(user, field));
  const identity = attempt(findings, () => chooseIdentity(user, byReference, warnings));
  if (identity === undefined) return undefined;
  reportValidity(identity, clock, findings);
  return {
    material: new Secret(identity.material),
    notBefore: identity.validity.notBefore === undefined ? '' : timestamp(identity.validity.notBefore),
    notAfter: identity.validity.notAfter === undefined ? '' : timestamp(identity.validity.notAfter),
  };
}

/** Whether only a program would have the credential, which is refused; one beside a credential does not count. */
function reportPrograms(user: Entry, findings: NautesError[], warnings: Message[]): boolean {
  const [executes, delegates] = [isSet(user, 'exec'), isSet(user, 'auth-provider')];
  if (proofOf(user) !== 'program') {
    if (executes || delegates) warnings.push(message('Warning.programUnused'));
    return false;
  }
  if (executes) findings.push(new NautesError('KubeconfigExecRefused'));
  if (delegates) findings.push(new NautesError('KubeconfigAuthProviderRefused'));
  return true;
}

interface ChosenIdentity {
  readonly material: CredentialMaterial;
  readonly validity: Validity;
  /** What it is called in messages. */
  readonly label: Message;
}

/**
 * API servers look at the client certificate first, then at the token; so do we. A certificate without its key is
 * refused, a key without a certificate does not count, as client-go has it.
 */
function chooseIdentity(user: Entry, byReference: boolean, warnings: Message[]): ChosenIdentity | undefined {
  const token = textAt(user, 'token').trim();
  if (isSet(user, 'client-certificate-data')) {
    if (!isSet(user, 'client-key-data')) {
      if (isSet(user, 'client-key')) return undefined; // that was reported already
      throw new NautesError('KubeconfigKeyMissing');
    }
    if (token !== '') warnings.push(message('Warning.tokenUnused'));
    return { ...clientCertificateMaterial(user), label: message('credential.clientCertificate') };
  }
  if (token !== '') {
    const problem = tokenProblem(token);
    if (problem !== undefined) throw new NautesError('KubeconfigDataInvalid', { field: 'token', problem });
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

function tokenProblem(token: string): Message | undefined {
  if (/^bearer\s/i.test(token)) return message('KubeconfigDataInvalid.tokenScheme');
  return /^[\x21-\x7e]+$/.test(token) ? undefined : message('KubeconfigDataInvalid.token');
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
  if (isFile(entry, field)) findings.push(new NautesError('KubeconfigFileReference', { field }));
}

/** A path that counts: data in the file itself goes before it. */
function isFile(entry: Entry, field: string): boolean {
  return isSet(entry, field) && !isSet(entry, `${field}-data`);
}

/** Whether secrets were left out; the rest of the entry says nothing then. */
function reportPlaceholders(entry: Entry, findings: NautesError[]): boolean {
  const placeholders = placeholderFindings(entry);
  findings.push(...placeholders);
  return placeholders.length > 0;
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
