import { clusterKey } from '../../resources/cluster/cluster-key.ts';
import { withDeadline } from '../../base/async/timing.ts';
import { KubeApiError, probe } from '../../kube/index.ts';
import type { StoredCredential } from '../../resources/credential.ts';
import type { CheckContext } from './check.ts';

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
 * What an uploaded credential is to its registration: `new` is to be consumed; `alreadyConsumed` changes nothing;
 * `recovery` was consumed before as well, but our own credential no longer works.
 */
export type UploadClass = 'new' | 'alreadyConsumed' | 'recovery';

/** @param version of the uploaded credential */
export async function classifyUpload(context: CheckContext, version: string): Promise<UploadClass> {
  const { services, change, signal } = context;
  const active = await services.credentials.activePointer(change.scope, signal);
  if (version !== change.before?.credentialVersion || active === undefined || active.version === version) return 'new';
  const own = await services.credentials.read(change.scope, active.version, signal).catch(() => undefined);
  if (own === undefined || !(await stillWorks(context, own))) return 'recovery';
  return own.uploadedVersion === version ? 'alreadyConsumed' : 'new';
}

/**
 * Whether our own credential still does its work. What the controllers saw last can be old, as after a restored backup:
 * the cluster itself is asked unless the caller skips checks.
 */
async function stillWorks({ services, change, signal }: CheckContext, own: StoredCredential): Promise<boolean> {
  const { access, status, clock } = services;
  if (own.expiresAt !== '' && Date.parse(own.expiresAt) <= clock.now()) return false;
  const known = await status.get(clusterKey(change.name));
  const reachable = known?.conditions.find(({ type }) => type === 'Reachable');
  if (reachable?.status === 'False' && CREDENTIAL_REASONS.has(reachable.reason)) return false;
  if (change.options.skipCheck) return true;
  const deadline = withDeadline(signal, PROBE_TIMEOUT_MILLISECONDS);
  try {
    await access.use(own, (connection) => probe(connection, deadline), deadline);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    return !(error instanceof KubeApiError && (error.httpStatus === 401 || error.httpStatus === 403));
  }
}
