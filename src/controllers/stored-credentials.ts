import { NautesError } from '../errors/errors.ts';
import { type ClusterConnection, KubeApiError } from '../kube/index.ts';
import type { CredentialScope, StoredCredential } from '../resources/credential.ts';
import { contact, isOtherCertificate } from './contact.ts';
import { readIfReadable, withSecrets } from './secrets-away.ts';
import type { ControllerServices } from './cluster/runtime/services.ts';

export interface CandidateCredential {
  readonly version: string;
  readonly stored: StoredCredential;
}

/**
 * What is stored for a registration and can be read: the active credential first, then the newest.
 * @throws SecretsAway
 */
export async function storedCredentials(
  { secrets }: ControllerServices,
  scope: CredentialScope,
  signal: AbortSignal,
): Promise<readonly CandidateCredential[]> {
  const versions = (await withSecrets(secrets.list(signal, scope.cluster), signal))
    .filter((entry) => entry.scope.incarnation === scope.incarnation && entry.scope.cluster === scope.cluster)
    .sort((left, right) => Number(right.active) - Number(left.active) || right.storedAt.localeCompare(left.storedAt));
  const candidates: CandidateCredential[] = [];
  for (const { version } of versions) {
    const stored = await withSecrets(readIfReadable(secrets, scope, version, signal), signal);
    if (stored !== undefined) candidates.push({ version, stored });
  }
  return candidates;
}

/**
 * Runs the action with the first stored credential that the cluster accepts.
 * @throws NautesError `CredentialMissing` when there is none, the refusal when it accepts none
 * @throws RunAbandoned, SecretsAway
 */
export async function useStoredCredential<T>(
  services: ControllerServices,
  { scope, contactMilliseconds }: { readonly scope: CredentialScope; readonly contactMilliseconds: number | undefined },
  action: (connection: ClusterConnection) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let refusal: unknown = new NautesError('CredentialMissing', { cluster: scope.cluster });
  for (const { stored, version } of await storedCredentials(services, scope, signal)) {
    try {
      return await services.connections.use(stored, version, async (connection) => {
        await contact(connection, contactMilliseconds, signal);
        return action(connection);
      });
    } catch (error) {
      const isRefused = error instanceof KubeApiError ? error.httpStatus === 401 : isOtherCertificate(error);
      if (!isRefused) throw error;
      refusal = error;
    }
  }
  throw refusal;
}
