import type { NautesError } from '../../errors/errors.ts';
import type { RegistryServices } from '../services.ts';
import type { RegistrationChange } from './registration-change.ts';

/** What a check works with. */
export interface CheckContext {
  readonly services: RegistryServices;
  readonly change: RegistrationChange;
  readonly signal: AbortSignal;
}

/** What the change would be refused for. */
export interface Problem {
  /** Name of the field on the wire; empty for the request as a whole. */
  readonly field: string;
  readonly error: NautesError;
}

/** What is accepted and has to be known. */
export interface Remark {
  readonly warning: string;
}

export type Finding = Problem | Remark;

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

/** The finding, or none. */
export function problem(field: string, error: NautesError | undefined): readonly Finding[] {
  return error === undefined ? [] : [{ field, error }];
}

export function problemsIn(findings: readonly Finding[]): readonly NautesError[] {
  return findings.flatMap((finding) => ('error' in finding ? [finding.error] : []));
}

export function warningsIn(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((finding) => ('warning' in finding ? [finding.warning] : []));
}
