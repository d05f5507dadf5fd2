import { NautesError } from '../errors/errors.ts';
import type { CredentialScope, StoredCredential } from '../resources/credential.ts';
import type { SecretStore } from '../secrets/secret-store.ts';

/** The secret store does not answer: that says nothing of the cluster, and nothing can be decided without it. */
export class SecretsAway extends Error {
  readonly reason: NautesError;

  constructor(reason: NautesError) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

/** What the store answers; its failure is not one of the cluster. */
export async function withSecrets<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof NautesError ? new SecretsAway(error) : error;
  }
}

/** A credential that is damaged, or was collected in the meantime, counts as absent. */
export async function readIfReadable(
  secrets: SecretStore,
  scope: CredentialScope,
  version: string,
  signal: AbortSignal,
): Promise<StoredCredential | undefined> {
  try {
    return await secrets.read(scope, version, signal);
  } catch (error) {
    const isGone = error instanceof NautesError && ['CredentialUnknown', 'CredentialUnreadable'].includes(error.reason);
    if (isGone) return undefined;
    throw error;
  }
}
