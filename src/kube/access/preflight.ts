import { defined } from '../../base/defined.ts';
import { message } from '../../messages/message.ts';
import { asNautesError, NautesError } from '../../errors/errors.ts';
import type { Message } from '../../messages/text.ts';
import type { KubeClient } from '../client/client.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { KubeApiError } from '../client/kube-error.ts';
import { findHolders, type HolderFindings } from './holder.ts';
import { nodePortFindings } from './node-ports.ts';
import {
  ACCESS_NAMESPACE,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  isOfFormer,
  MANAGED_BY_LABEL,
  type ObjectHead,
  textAt,
  valueAt,
} from '../../kube-objects/kube-object.ts';
import { NamespaceList } from './namespaces.ts';
import { terminatingNamespaces } from './terminating-namespaces.ts';
import { MAXIMUM_STATUS_BYTES } from '../transport/answer-limits.ts';
import { throwUnlessSuccess } from '../client/requests.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { TransportResponse } from '../transport/transport.ts';

/** The oldest Kubernetes that is supported: aggregated discovery is stable since. */
export const MINIMUM_KUBERNETES_MINOR = 30;
/** An uploaded credential must last until it is replaced by our own. */
export const MINIMUM_CREDENTIAL_MINUTES = 10;

/** As many APIServices are named in a warning. */
const NAMED_GROUPS = 5;

/** What a cluster tells about itself. */
export interface ProbeFacts {
  /** Such as `v1.36.4`. */
  readonly version: string;
  /** UID of the Namespace kube-system: identifies the cluster. */
  readonly uid: string;
  /** The cluster's clock minus ours; known to about a second. */
  readonly clockDifferenceMilliseconds: number;
}

/**
 * Asks a cluster who it is. Fails when the credential is refused.
 * @throws KubeApiError 401 or 403, NautesError `ClusterStarting`, or what keeps the cluster from being reached
 */
export async function probe(connection: ClusterConnection, signal: AbortSignal): Promise<ProbeFacts> {
  const version = await readVersion(connection, signal);
  const uid = await readIdentity(connection, signal);
  return { ...version, uid };
}

/** Roles that every cluster has: who does not find them has not read its roles yet. */
const MISSING_DEFAULT_ROLES = /"(?:cluster-admin|system:[a-z-]+)" not found/;

/**
 * What an API server refuses while it starts is no word on our rights: it answers before it knows them (403, Kubernetes
 * 1.36). A refusal counts when it is repeated by one that says it is ready.
 * @throws NautesError `ClusterStarting`
 */
async function askReady<T>({ client }: ClusterConnection, ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KubeApiError && error.httpStatus === 403)) throw error;
    const isStarting = MISSING_DEFAULT_ROLES.test(error.failure.peerMessage) || !(await isReady(client, signal));
    if (isStarting) throw new NautesError('ClusterStarting', {}, { cause: error });
    return await ask();
  }
}

/** Who may not ask this is told nothing: it counts as ready. */
async function isReady(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  return (
    (await client.raw({ method: 'GET', path: '/readyz', maximumResponse: MAXIMUM_STATUS_BYTES }, signal)).status < 500
  );
}

export type VersionFacts = Pick<ProbeFacts, 'version' | 'clockDifferenceMilliseconds'>;

function readVersion(connection: ClusterConnection, signal: AbortSignal): Promise<VersionFacts> {
  return askReady(connection, () => askVersion(connection, signal), signal);
}

/** Asks for the version of Kubernetes. */
export const versionRequest = { method: 'GET', path: '/version', maximumResponse: MAXIMUM_STATUS_BYTES } as const;

async function askVersion({ client }: ClusterConnection, signal: AbortSignal): Promise<VersionFacts> {
  const sent = Date.now();
  const response = await client.raw(versionRequest, signal);
  throwUnlessSuccess(response);
  return versionFactsOf(response, { address: client.address, sent });
}

/**
 * What the answer to {@link versionRequest} says, which has just come.
 * @param asked where, and when by our clock (milliseconds since the epoch)
 * @throws NautesError `ClusterResponseInvalid`
 */
export function versionFactsOf(
  { headers, body }: Pick<TransportResponse, 'headers' | 'body'>,
  { address, sent }: { readonly address: string; readonly sent: number },
): VersionFacts {
  const received = Date.now();
  const version = textAt(parsed(body), 'gitVersion');
  if (!/^v?\d{1,3}\.\d{1,3}[-+.0-9A-Za-z]{0,60}$/.test(version)) {
    throw new NautesError('ClusterResponseInvalid', {
      address,
      problem: message('ClusterResponseInvalid.version'),
    });
  }
  return { version, clockDifferenceMilliseconds: clockDifference(headers['date'], (sent + received) / 2) };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** The header counts whole seconds, rounded down: half a second is added. */
function clockDifference(date: unknown, ours: number): number {
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isNaN(theirs) ? 0 : Math.round(theirs + 500 - ours);
}

/**
 * Asks a cluster for the UID of its Namespace kube-system, which identifies it. Fails when the credential is refused.
 * @throws as {@link probe}
 */
export async function readIdentity(
  connection: ClusterConnection,
  signal: AbortSignal,
  list?: NamespaceList,
): Promise<string> {
  const known = list?.find(IDENTITY_NAMESPACE);
  if (known !== undefined) return uidOf(known, connection.client);
  return askReady(connection, () => askIdentity(connection, signal), signal);
}

/** The Namespace that no cluster is without, and that is never made again. */
const IDENTITY_NAMESPACE = 'kube-system';

async function askIdentity({ client }: ClusterConnection, signal: AbortSignal): Promise<string> {
  const name = { namespace: '', name: IDENTITY_NAMESPACE };
  return uidOf(await client.findHead(wellKnown.namespace, name, signal), client);
}

function uidOf(namespace: ObjectHead | undefined, client: KubeClient): string {
  const uid = namespace?.metadata.uid ?? '';
  if (/^[-0-9A-Za-z]{1,64}$/.test(uid)) return uid;
  throw new NautesError('ClusterResponseInvalid', {
    address: client.address,
    problem: message('ClusterResponseInvalid.namespace'),
  });
}

export interface PreflightRequest {
  /** Node ports that the cluster shall serve. */
  readonly nodePorts: readonly number[];
  /** Where components are to be installed. */
  readonly namespaces?: readonly string[];
  /** When the credential ends (RFC 3339), empty when not known. */
  readonly credentialNotAfter: string;
  /** Registrations of this cluster that may hold the node ports already: the present one, and those on their way out. */
  readonly incarnations: readonly string[];
  /** The cluster is taken over from its holder, whose node ports are then ours. */
  readonly takesOver?: boolean;
}

export interface PreflightReport {
  /** There as far as the cluster could be asked. */
  readonly facts: ProbeFacts | undefined;
  readonly holders: HolderFindings;
  /** What keeps the cluster from being registered: all of it. Holds nothing of the peer but status and reason. */
  readonly findings: readonly NautesError[];
  /** What people should know. */
  readonly warnings: readonly Message[];
  /** Absent where there are too many, or they could not be listed. */
  readonly namespaces?: NamespaceList;
}

/** Checks a cluster before it is registered: reachable, credential valid with all rights, version, node ports free. */
export async function preflight(
  connection: ClusterConnection,
  request: PreflightRequest,
  signal: AbortSignal,
): Promise<PreflightReport> {
  const findings: NautesError[] = [];
  const warnings: Message[] = [];
  let version: VersionFacts;
  try {
    version = await readVersion(connection, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { facts: undefined, holders: NO_HOLDERS, findings: [asNautesError(error)], warnings };
  }
  findings.push(...versionFindings(version.version), ...expiryFindings(request.credentialNotAfter, version));
  const attempt = <T>(task: Promise<T>): Promise<T | undefined> =>
    task.catch((error: unknown) => {
      signal.throwIfAborted();
      addOnce(findings, asNautesError(error));
      return undefined;
    });
  const list = await NamespaceList.of(connection.client, signal).catch(() => undefined); // then each is asked for
  signal.throwIfAborted();
  const uid = await attempt(readIdentity(connection, signal, list));
  if (findings.some(isRefusal)) return { facts: undefined, holders: NO_HOLDERS, findings, warnings };
  const holders = (await attempt(findHolders(connection, signal, list))) ?? NO_HOLDERS;
  const namespaces = [ACCESS_NAMESPACE, ...(request.namespaces ?? [])];
  const [rights, ports, silent, terminating] = await Promise.all([
    attempt(hasAllRights(connection, signal)),
    attempt(nodePortFindings(connection, request.nodePorts, ownershipOf(request, holders), signal)),
    namespaceWarnings(connection, signal),
    terminatingNamespaces(connection.client, namespaces, list, signal),
    attempt(connection.discovery.refresh(signal)),
  ]);
  if (rights === false) addOnce(findings, new NautesError('CredentialRightsMissing'));
  for (const finding of ports ?? []) findings.push(finding);
  warnings.push(...silent, ...terminating);
  const stale = connection.discovery.staleGroupVersions.filter((name) => /^[a-z0-9./-]{1,120}$/.test(name));
  if (stale.length > 0) {
    warnings.push(message('Warning.staleApiServices', { names: stale.slice(0, NAMED_GROUPS) }));
  }
  const facts = uid === undefined ? undefined : { ...version, uid };
  return { facts, holders, findings, warnings, ...defined({ namespaces: list }) };
}

const NO_HOLDERS: HolderFindings = { holder: undefined, others: [] };

/** Which objects are those of the registration, or will be. */
function ownershipOf(
  { incarnations, takesOver = false }: PreflightRequest,
  { holder, others }: HolderFindings,
): (object: ObjectHead) => boolean {
  const former = holder ?? others[0];
  return (object) =>
    incarnations.includes(object.metadata.labels?.[INCARNATION_LABEL] ?? '') ||
    (takesOver && former !== undefined && isOfFormer(object, former.installation || former.incarnation));
}

const FAILED_WEBHOOK = /failed calling webhook "([a-z0-9.-]{1,120})"/;

/** A webhook in front of namespaces that does not answer keeps anything from being installed. */
async function namespaceWarnings({ client }: ClusterConnection, signal: AbortSignal): Promise<readonly Message[]> {
  const metadata = { name: ACCESS_NAMESPACE, labels: { [MANAGED_BY_LABEL]: FIELD_MANAGER } };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  try {
    await client.applyForHead(wellKnown.namespace, namespace, { dryRun: true }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const webhook = error instanceof KubeApiError && FAILED_WEBHOOK.exec(error.failure.peerMessage)?.[1];
    if (webhook) return [message('Warning.webhookSilent', { webhook })];
  }
  return []; // another refusal is found with the rights, or is one of that moment
}

/** When the credential itself is refused, asking further would only say the same again. */
function isRefusal(error: NautesError): boolean {
  return error instanceof KubeApiError && error.httpStatus === 401;
}

function addOnce(findings: NautesError[], error: NautesError): void {
  if (!findings.some((known) => known.message === error.message)) findings.push(error);
}

function versionFindings(version: string): NautesError[] {
  const [major = 0, minor = 0] = version
    .replace(/^v/, '')
    .split('.')
    .map((part) => Number.parseInt(part, 10));
  if (major > 1 || (major === 1 && minor >= MINIMUM_KUBERNETES_MINOR)) return [];
  return [new NautesError('KubernetesVersionUnsupported', { version, minimum: `v1.${MINIMUM_KUBERNETES_MINOR}` })];
}

/** By the cluster's clock: it is the cluster that judges. */
function expiryFindings(notAfter: string, { clockDifferenceMilliseconds }: VersionFacts): NautesError[] {
  if (notAfter === '') return [];
  const left = Date.parse(notAfter) - (Date.now() + clockDifferenceMilliseconds);
  if (left >= MINIMUM_CREDENTIAL_MINUTES * 60_000) return [];
  const minimum = `${MINIMUM_CREDENTIAL_MINUTES} minutes`;
  return [new NautesError('CredentialExpiresSoon', { credential: message('credential.stored'), notAfter, minimum })];
}

async function hasAllRights({ client }: ClusterConnection, signal: AbortSignal): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { group: '*', resource: '*', verb: '*' } },
  };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  return (
    valueAt(
      await client.json({ method: 'POST', path, body, maximumResponse: MAXIMUM_STATUS_BYTES }, signal),
      'status',
      'allowed',
    ) === true
  );
}
