import { NautesError } from '../errors/errors.ts';

/** The secret store does not answer: that says nothing of the cluster, and nothing can be decided without it. */
export class SecretStoreUnavailable extends Error {
  readonly reason: NautesError;

  constructor(reason: NautesError) {
    super(reason.message, { cause: reason });
    this.reason = reason;
  }
}

/** What the store answers; its failure is not one of the cluster. @throws SecretStoreUnavailable */
export async function withSecrets<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof NautesError ? new SecretStoreUnavailable(error) : error;
  }
}
