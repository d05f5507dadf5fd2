import { withDeadline } from '../../base/async/timing.ts';
import { KubeApiError, probe } from '../../kube/index.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import type { RegistryServices } from '../services.ts';

/** A cluster that has not answered by then says nothing about the credential. */
const PROBE_TIMEOUT_MILLISECONDS = 5_000;

/** Reasons of the condition Reachable that a fresh kubeconfig can mend. */
const CREDENTIAL_REASONS: ReadonlySet<string> = new Set([
  'OwnCredentialExpired',
  'CredentialExpired',
  'CredentialMissing',
  'CredentialMismatch',
  'CredentialUnreadable',
  'ClusterUnauthorized',
  'ClusterForbidden',
]);

/**
 * Whether our own credential still does its work: what decides if a kubeconfig that was consumed before is a repeated
 * save, which changes nothing, or the rescue of a cluster that we have lost.
 * @param mayAsk the cluster itself may be asked; what the controllers saw last can be old, as after a restored backup
 */
export async function ownCredentialWorks(
  services: RegistryServices,
  scope: CredentialScope,
  version: string,
  mayAsk: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const { credentials, status, clock } = services;
  const own = await credentials.read(scope, version, signal).catch(() => undefined);
  if (own === undefined || (own.expiresAt !== '' && Date.parse(own.expiresAt) <= clock.now())) return false;
  const known = await status.status(scope.cluster);
  const reachable = known?.conditions.find(({ type }) => type === 'Reachable');
  if (reachable?.status === 'False' && CREDENTIAL_REASONS.has(reachable.reason)) return false;
  return !mayAsk || !(await isRefused(services, own, signal));
}

async function isRefused(
  { access }: RegistryServices,
  credential: StoredCredential,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = withDeadline(signal, PROBE_TIMEOUT_MILLISECONDS);
  try {
    await access.use(credential, (connection) => probe(connection, deadline), deadline);
    return false;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof KubeApiError && (error.httpStatus === 401 || error.httpStatus === 403);
  }
}
