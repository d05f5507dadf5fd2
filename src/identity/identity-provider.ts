import type { Secret } from '../base/secret.ts';
import type { Caller, Role, Verb } from '../resources/caller.ts';

/** Authentication and authorization of callers. Users of this interface never cache the answers. */
export interface IdentityProvider {
  /** @throws NautesError `Unauthenticated` when the token is unknown, `TokenExpired` when it has expired. */
  authenticate(token: Secret, signal: AbortSignal): Promise<Caller>;
  /**
   * Checks that the caller has at least the role: `reader` may read, `maintainer` may write `main`.
   * Can be repeated later for the same caller, and then returns the state at that time.
   * @throws NautesError `NoAuthorization` naming what is missing.
   */
  authorize(caller: Caller, role: Role, verb: Verb, signal: AbortSignal): Promise<void>;
}
