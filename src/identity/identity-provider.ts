import type { Secret } from '../base/secret.ts';
import type { Caller, Role } from '../resources/caller.ts';

/** Who is calling and what they may do. Answers are never remembered by the users of this interface. */
export interface IdentityProvider {
  /** @throws NautesError `Unauthenticated` when the token is not known, `TokenExpired` when its time is over. */
  authenticate(token: Secret, signal: AbortSignal): Promise<Caller>;
  /**
   * Asks whether the caller has at least the role: `reader` may read, `maintainer` may write `main`.
   * Can be asked again later for the same caller, and then says what holds then.
   * @throws NautesError `NoAuthorization` naming what is missing.
   */
  authorize(caller: Caller, role: Role, action: string, signal: AbortSignal): Promise<void>;
}
