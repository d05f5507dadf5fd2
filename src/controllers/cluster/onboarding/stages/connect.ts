import { type Abandoned, abandoned } from '../../../../reconcile/outcome.ts';
import { NautesError } from '../../../../errors/errors.ts';
import { type ClusterConnection, KubeApiError, type ProbeFacts } from '../../../../kube/index.ts';
import { readApiServer } from '../../../../resources/cluster/api-server.ts';
import {
  contact,
  isOtherCertificate,
  ProbeTimeout,
  type VersionedCredential,
} from '../../../../cluster-access/index.ts';
import { waitForPredecessor } from '../predecessor.ts';
import { done, type Stage, type StageResult, wait } from '../../../../reconcile/stage.ts';
import type { StageContext } from '../../runtime/stage-context.ts';
import { hostedCandidate } from '../../credentials/hosted-credential.ts';

/** How soon a virtual cluster that was made anew is tried again. */
const KUBECONFIG_PAUSE_MILLISECONDS = 3_000;

/** Reaches the cluster with a credential that it accepts and makes sure that it is the one that was registered. */
export const connectStage: Stage<StageContext> = {
  condition: 'Reachable',
  deadlineMilliseconds: 5 * 60_000,
  run: connect,
};

async function connect(context: StageContext, signal: AbortSignal): Promise<StageResult | Abandoned> {
  const candidates = await credentialCandidates(context, signal);
  try {
    return await reached(context, await firstAccepted(context, candidates, signal));
  } catch (error) {
    if (error instanceof ProbeTimeout) return abandoned;
    if (context.host === undefined || !isOtherCertificate(error)) throw error;
    const message = `${error.message}; the kubeconfig of the virtual cluster as it is now is not on its host yet`;
    return wait('KubeconfigPending', message, KUBECONFIG_PAUSE_MILLISECONDS); // nobody can upload one
  }
}

async function reached(context: StageContext, { credential, facts }: Accepted): Promise<StageResult> {
  checkIdentity(context, facts.uid);
  context.reached = { credential, ...facts };
  const predecessor = await waitForPredecessor(context.services, context.cluster, facts.uid);
  if (predecessor !== undefined) return predecessor;
  context.services.identities.claim(context.cluster, facts.uid, context.services.repo.snapshot());
  const { apiServer } = context.cluster.spec;
  await context.reporter.report({ apiServer, kubernetes: { version: facts.version, uid: facts.uid } });
  return done('Reachable', `Kubernetes ${facts.version} answers at ${context.cluster.spec.apiServer}`);
}

/** Those that may be presented here, in order; a virtual cluster's own, on its host, is asked for when no other fits. */
async function credentialCandidates(
  context: StageContext,
  signal: AbortSignal,
): Promise<readonly VersionedCredential[]> {
  if (context.cluster.spec.clusterType === 'physical') {
    return boundHere(context, await storedCandidates(context, signal));
  }
  const version = context.active?.version;
  const { credentials } = context.services;
  const active = version === undefined ? undefined : await credentials.find(context.scope, version, signal);
  const server = canonical(context.cluster.spec.apiServer);
  return active?.stored.binding.server === server ? [active] : [];
}

/**
 * An uploaded credential that has not been consumed yet comes first: somebody has just sent it. Then the active one.
 * One that was refused a short time ago comes last: it is asked for when nothing else fits.
 * @throws NautesError `CredentialMissing` when there is neither; `CredentialMismatch` when the file names a version
 *   that is neither stored for this registration nor the one that the active credential goes back to
 */
async function storedCandidates(context: StageContext, signal: AbortSignal): Promise<readonly VersionedCredential[]> {
  const { cluster, scope, services } = context;
  context.active = await services.credentials.activePointer(scope, signal);
  const active = context.active && (await services.credentials.find(scope, context.active.version, signal));
  const named = cluster.credentialVersion;
  const uploaded =
    named === undefined || named === active?.version
      ? undefined
      : await services.credentials.find(scope, named, signal);
  const isPutOff = uploaded !== undefined && context.memory.isPutOff(uploaded.version, services.clock.now());
  const ordered = isPutOff ? [active, uploaded] : [uploaded, active];
  const candidates = ordered.filter((candidate) => candidate !== undefined);
  if (candidates.length === 0) throw new NautesError('CredentialMissing', { cluster: cluster.name });
  const origin = active?.stored.origin === 'issued' ? active.stored.uploadedVersion : active?.version;
  if (uploaded === undefined && named !== undefined && origin !== undefined && named !== origin) {
    throw new NautesError('CredentialMismatch', { cluster: cluster.name, what: 'a credential version' });
  }
  return candidates;
}

/**
 * A credential is only ever presented to the server it was sealed to. After a save with a new address the active one is
 * still that of the old address; a commit by hand leaves nothing that fits.
 * @throws NautesError `CredentialMismatch` when none fits
 */
function boundHere(
  { cluster }: StageContext,
  candidates: readonly VersionedCredential[],
): readonly VersionedCredential[] {
  const server = canonical(cluster.spec.apiServer);
  const fitting = candidates.filter(({ stored }) => stored.binding.server === server);
  if (fitting.length > 0) return fitting;
  throw new NautesError('CredentialMismatch', { cluster: cluster.name, what: 'an address' });
}

function canonical(server: string): string {
  const address = readApiServer(server);
  return typeof address === 'string' ? server : address.url;
}

interface Accepted {
  readonly credential: VersionedCredential;
  readonly facts: ProbeFacts;
}

/** Tries the candidates in order; one that the cluster refuses gives way to the next. */
async function firstAccepted(
  context: StageContext,
  candidates: readonly VersionedCredential[],
  signal: AbortSignal,
): Promise<Accepted> {
  let refusal: unknown;
  for (const credential of candidates) {
    try {
      const facts = await present(context, credential, signal);
      if (refusal !== undefined) await tellRefused(context, candidates[0], refusal);
      return { credential, facts };
    } catch (error) {
      if (!isRefused(context, credential, error)) throw error;
      refusal ??= namedRefusal(context, credential, error);
    }
  }
  const hosted = await hostedCandidate(context, signal); // virtual clusters recover through their host
  if (hosted === undefined) throw refusal ?? new NautesError('CredentialMissing', { cluster: context.cluster.name });
  const facts = await present(context, hosted, signal);
  await context.services.secrets.stage(hosted.stored, signal); // to be consumed like an uploaded one
  return { credential: hosted, facts };
}

function present(
  { services, contactMilliseconds }: StageContext,
  credential: VersionedCredential,
  signal: AbortSignal,
): Promise<ProbeFacts> {
  const ask = (connection: ClusterConnection): Promise<ProbeFacts> => contact(connection, contactMilliseconds, signal);
  return services.access.useShared(credential, ask, signal);
}

/**
 * A kubeconfig that was uploaded unchecked may name an authority that is not the cluster's; what comes after it still
 * has to trust the server. A virtual cluster whose namespace was deleted is made anew and has another authority. That
 * its host has answered in this run is what makes this different from somebody else at its address: only the host can
 * say what is to be trusted.
 */
function isRefused({ host }: StageContext, { stored }: VersionedCredential, error: unknown): boolean {
  if (error instanceof KubeApiError) return error.httpStatus === 401;
  return (host !== undefined || stored.origin === 'uploaded') && isOtherCertificate(error);
}

/** People should know that the old credential is what still works; they are told once. */
async function tellRefused(
  context: StageContext,
  refused: VersionedCredential | undefined,
  refusal: unknown,
): Promise<void> {
  if (refused?.stored.origin !== 'uploaded') return;
  const { memory, reporter, services } = context;
  memory.markRefused(refused.version, services.clock.now());
  if (!memory.shouldTell(`${refused.version} is refused`)) return;
  const message = isOtherCertificate(refusal)
    ? "the kubeconfig that was saved last does not trust the API server's certificate; the credential before it is used"
    : 'the API server does not accept the kubeconfig that was saved last; the credential before it is used';
  await reporter.event('Warning', 'UploadedCredentialRefused', message, 'CredentialReady');
}

/** A credential that is refused after its end is named as expired. */
function namedRefusal(context: StageContext, { stored }: VersionedCredential, error: unknown): unknown {
  const expired = stored.expiresAt !== '' && Date.parse(stored.expiresAt) <= context.services.clock.now();
  if (!expired) return error;
  const { name } = context.cluster;
  return stored.origin === 'issued'
    ? new NautesError('OwnCredentialExpired', { cluster: name, date: stored.expiresAt }, { cause: error })
    : new NautesError('CredentialExpired', { credential: 'credential', notAfter: stored.expiresAt }, { cause: error });
}

/** The address leads to the cluster that was registered; a virtual one is what its host has there. */
function checkIdentity({ cluster, reporter }: StageContext, uid: string): void {
  if (cluster.spec.clusterType === 'virtual') return;
  const expected = cluster.kubernetesUid ?? reporter.status.kubernetes.uid;
  if (expected !== '' && expected !== uid) throw new NautesError('ClusterIdentityChanged', { cluster: cluster.name });
}
