import { timestamp } from '../../base/clock.ts';
import { NautesError } from '../../base/errors.ts';
import { type ClusterConnection, KubeApiError, type ProbeFacts, probe } from '../../kube/index.ts';
import type { StoredCredential } from '../../model/credential.ts';
import { readApiServer } from '../../model/api-server.ts';
import { done, type Stage, type StageResult } from '../stage.ts';
import type { AcceptedCredential, StageContext } from './context.ts';

/** Reaches the cluster with a credential that it accepts and makes sure that it is the one that was registered. */
export const connectStage: Stage<StageContext> = {
  condition: 'Reachable',
  deadlineMilliseconds: 5 * 60_000,
  run: connect,
};

async function connect(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  const candidates = boundHere(context, await credentialCandidates(context, signal));
  const { credential, facts } = await firstAccepted(context, candidates, signal);
  await checkIdentity(context, facts.uid);
  context.reached = {
    credential,
    version: facts.version,
    uid: facts.uid,
    clockDifferenceMilliseconds: facts.clockDifferenceMilliseconds,
  };
  await context.reporter.report({ kubernetes: { version: facts.version, uid: facts.uid } });
  return done('Reachable', `Kubernetes ${facts.version} answers at ${context.cluster.spec.apiServer}`);
}

/**
 * An uploaded credential that has not been consumed yet comes first: somebody has just sent it. Then the active one.
 * @throws NautesError `CredentialMissing` when there is neither
 */
async function credentialCandidates(
  context: StageContext,
  signal: AbortSignal,
): Promise<readonly AcceptedCredential[]> {
  const { cluster, scope, services } = context;
  const candidates: AcceptedCredential[] = [];
  context.active = await services.secrets.active(scope, signal);
  const { credentialVersion } = cluster;
  if (credentialVersion !== undefined && credentialVersion !== context.active?.version) {
    const stored = await readIfPresent(context, credentialVersion, signal);
    if (stored !== undefined) candidates.push({ version: credentialVersion, stored });
  }
  if (context.active !== undefined) {
    const stored = await readIfPresent(context, context.active.version, signal);
    if (stored !== undefined) candidates.push({ version: context.active.version, stored });
  }
  if (candidates.length === 0) throw new NautesError('CredentialMissing', { cluster: cluster.name });
  return candidates;
}

async function readIfPresent(
  context: StageContext,
  version: string,
  signal: AbortSignal,
): Promise<StoredCredential | undefined> {
  try {
    return await context.services.secrets.read(context.scope, version, signal);
  } catch (error) {
    if (error instanceof NautesError && error.reason === 'CredentialUnknown') return undefined;
    throw error;
  }
}

/**
 * A credential is only ever presented to the server it was sealed to. After a save with a new address the active one is
 * still that of the old address; a commit by hand leaves nothing that fits.
 * @throws NautesError `CredentialMismatch` when none fits
 */
function boundHere(
  { cluster }: StageContext,
  candidates: readonly AcceptedCredential[],
): readonly AcceptedCredential[] {
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
  readonly credential: AcceptedCredential;
  readonly facts: ProbeFacts;
}

/** Tries the candidates in order; one that the cluster refuses gives way to the next. */
async function firstAccepted(
  context: StageContext,
  candidates: readonly AcceptedCredential[],
  signal: AbortSignal,
): Promise<Accepted> {
  let refusal: unknown;
  for (const credential of candidates) {
    try {
      const facts = await context.services.connections.use(
        credential.stored,
        credential.version,
        (connection: ClusterConnection) => probe(connection, signal),
      );
      return { credential, facts };
    } catch (error) {
      if (!isRefused(error)) throw error;
      refusal = namedRefusal(context, credential, error);
    }
  }
  throw refusal;
}

function isRefused(error: unknown): boolean {
  return error instanceof KubeApiError && error.httpStatus === 401;
}

/** Our own credential that is refused after its end is named as expired. */
function namedRefusal(context: StageContext, { stored }: AcceptedCredential, error: unknown): unknown {
  const expired = stored.expiresAt !== '' && Date.parse(stored.expiresAt) <= context.services.clock.now();
  if (!expired) return error;
  const details = { cluster: context.cluster.name, date: stored.expiresAt };
  return new NautesError(stored.origin === 'issued' ? 'OwnCredentialExpired' : 'CredentialExpired', details, {
    cause: error,
  });
}

/** The address leads to the cluster that was registered, and no other name has it. */
async function checkIdentity(context: StageContext, uid: string): Promise<void> {
  const { cluster, services, reporter } = context;
  const expected = cluster.kubernetesUid ?? reporter.status.kubernetes.uid;
  if (expected !== '' && expected !== uid) throw new NautesError('ClusterIdentityChanged', { cluster: cluster.name });
  if (reporter.status.kubernetes.uid === uid) return; // it was ours before: the others are the later ones
  const registered = services.repo.snapshot().clusters;
  for (const status of await services.status.statuses()) {
    const isRegistered = registered.get(status.name)?.cluster?.incarnation === status.incarnation;
    if (status.kubernetes.uid === uid && status.name !== cluster.name && isRegistered) {
      throw new NautesError('ClusterRegisteredTwice', { other: status.name });
    }
  }
}

/** The time by the cluster's clock, RFC 3339. */
export function clusterTime(context: StageContext): string {
  return timestamp(context.services.clock.now() + (context.reached?.clockDifferenceMilliseconds ?? 0));
}
