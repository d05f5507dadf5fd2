import { NautesError } from '../errors/errors.ts';
import { KubeApiError } from '../kube/index.ts';
import type { CredentialScope } from '../resources/credential.ts';
import type { ClusterAccess, ClusterAction } from './cluster-access.ts';
import type { ClusterCredentials } from './cluster-credentials.ts';
import { contact, isOtherCertificate } from './contact.ts';

/** What reaching a registered cluster takes. */
export interface AccessServices {
  readonly access: ClusterAccess;
  readonly credentials: ClusterCredentials;
}

/**
 * Runs the action with the first stored credential that the cluster accepts.
 * @throws NautesError `CredentialMissing` when there is none, the refusal when it accepts none
 * @throws ProbeTimeout, SecretStoreUnavailable
 */
export async function useAccepted<T>(
  { access, credentials }: AccessServices,
  { scope, contactMilliseconds }: { readonly scope: CredentialScope; readonly contactMilliseconds: number | undefined },
  action: ClusterAction<T>,
  signal: AbortSignal,
): Promise<T> {
  let refusal: unknown = new NautesError('CredentialMissing', { cluster: scope.cluster });
  for (const credential of await credentials.readable(scope, signal)) {
    try {
      const attempt: ClusterAction<T> = async (connection) => {
        await contact(connection, contactMilliseconds, signal);
        return action(connection);
      };
      return await access.useShared(credential, attempt, signal);
    } catch (error) {
      const isRefused = error instanceof KubeApiError ? error.httpStatus === 401 : isOtherCertificate(error);
      if (!isRefused) throw error;
      refusal = error;
    }
  }
  throw refusal;
}
