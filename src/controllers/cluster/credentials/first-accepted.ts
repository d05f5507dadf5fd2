import { message } from '../../../messages/message.ts';
import { contact, isOtherCertificate, type VersionedCredential } from '../../../cluster-access/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { type ClusterConnection, KubeApiError, type ProbeFacts } from '../../../kube/index.ts';
import type { StageContext } from '../runtime/stage-context.ts';
import { hostedCandidate } from './hosted-credential.ts';

/** A credential that the cluster has accepted in this run, and what it says of itself. */
export interface Accepted {
  readonly credential: VersionedCredential;
  readonly facts: ProbeFacts;
}

/**
 * Tries the candidates in order; one that the cluster refuses gives way to the next.
 * @throws ProbeTimeout; NautesError the first refusal when none is accepted
 */
export async function firstAccepted(
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
 * has to trust the server. A virtual cluster whose namespace was deleted is created again and has another authority. That
 * its host has answered in this run is what makes this different from another server at its address: only the host can
 * say what is to be trusted.
 */
function isRefused({ host }: StageContext, { stored }: VersionedCredential, error: unknown): boolean {
  if (error instanceof KubeApiError) return error.httpStatus === 401;
  return (host !== undefined || stored.origin === 'uploaded') && isOtherCertificate(error);
}

/** Tells once that the credential before the uploaded one is what still works. */
async function tellRefused(
  context: StageContext,
  refused: VersionedCredential | undefined,
  refusal: unknown,
): Promise<void> {
  if (refused?.stored.origin !== 'uploaded') return;
  const { memory, reporter, services } = context;
  memory.markRefused(refused.version, services.clock.now());
  if (!memory.shouldTell(`${refused.version} is refused`)) return;
  const isUntrusting = isOtherCertificate(refusal);
  const text = message(isUntrusting ? 'UploadedCredentialRefused.certificate' : 'UploadedCredentialRefused');
  await reporter.event('Warning', 'UploadedCredentialRefused', text, 'CredentialReady');
}

/** A credential that is refused after its end is named as expired. */
function namedRefusal(context: StageContext, { stored }: VersionedCredential, error: unknown): unknown {
  const expired = stored.expiresAt !== '' && Date.parse(stored.expiresAt) <= context.services.clock.now();
  if (!expired) return error;
  const { name } = context.cluster;
  return stored.origin === 'issued'
    ? new NautesError('OwnCredentialExpired', { cluster: name, date: stored.expiresAt }, { cause: error })
    : new NautesError(
        'CredentialExpired',
        { credential: message('credential.stored'), notAfter: stored.expiresAt },
        { cause: error },
      );
}
