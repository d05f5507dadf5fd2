import { NautesError } from '../errors/errors.ts';
import type { Role } from '../resources/caller.ts';
import type { UseCase } from './services.ts';

/** @throws NautesError `NoAuthorization` unless the caller may read */
export function authorizeRead({ services, caller, signal }: UseCase): Promise<void> {
  return services.identity.authorize(caller, 'reader', 'read clusters', signal);
}

/** What a caller wants to do, for the message of a refusal. */
export type WriteAction = 'register clusters' | 'plan changes of clusters' | 'delete clusters' | 'rotate credentials';

/** @throws NautesError `NoAuthorization` unless the caller may write */
export function authorizeWrite(
  { services, caller, signal }: UseCase,
  action: WriteAction,
  again: AbortSignal = signal,
): Promise<void> {
  return services.identity.authorize(caller, 'maintainer', action, again);
}

/** The most that the caller may do. @throws NautesError `NoAuthorization` when that is nothing */
export async function roleOf(useCase: UseCase): Promise<Role> {
  try {
    await authorizeWrite(useCase, 'register clusters');
    return 'maintainer';
  } catch (error) {
    if (!(error instanceof NautesError && error.reason === 'NoAuthorization')) throw error;
    await authorizeRead(useCase);
    return 'reader';
  }
}
