import { NautesError } from '../errors/errors.ts';
import type { Role, Verb } from '../resources/caller.ts';
import type { UseCase } from './services.ts';

/** @throws NautesError `NoAuthorization` unless the caller may read */
export function authorizeRead({ services, caller, signal }: UseCase): Promise<void> {
  return services.identity.authorize(caller, 'reader', 'read', signal);
}

export type WriteVerb = Exclude<Verb, 'read'>;

/** @throws NautesError `NoAuthorization` unless the caller may write */
export function authorizeWrite(
  { services, caller, signal }: UseCase,
  verb: WriteVerb,
  again: AbortSignal = signal,
): Promise<void> {
  return services.identity.authorize(caller, 'maintainer', verb, again);
}

/** The most that the caller may do. @throws NautesError `NoAuthorization` when that is nothing */
export async function roleOf(useCase: UseCase): Promise<Role> {
  try {
    await authorizeWrite(useCase, 'register');
    return 'maintainer';
  } catch (error) {
    if (!(error instanceof NautesError && error.reason === 'NoAuthorization')) throw error;
    await authorizeRead(useCase);
    return 'reader';
  }
}
