import type { NautesError } from '../../errors/errors.ts';
import type { Finding } from './finding.ts';
import type { RegistryServices } from '../services.ts';
import type { RegistrationChange } from './registration-change.ts';

/** What a check works with. */
export interface CheckContext {
  readonly services: RegistryServices;
  readonly change: RegistrationChange;
  readonly signal: AbortSignal;
}

/**
 * One check of a change. It stores nothing and changes nothing on the cluster; what it finds out about the change it
 * writes where the change says so.
 */
export interface SaveCheck {
  /** @throws NautesError when it cannot be found out */
  find(context: CheckContext): readonly Finding[] | Promise<readonly Finding[]>;
  /** The error that stands for all problems of the check when a save is refused; absent: the first of them. */
  refusal?(change: RegistrationChange, problems: readonly NautesError[]): NautesError;
}
