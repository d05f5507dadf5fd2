import type { NautesError } from '../../errors/errors.ts';
import type { Message } from '../../messages/text.ts';

/** What the change would be refused for. */
export interface Problem {
  /** Name of the field on the wire; empty for the request as a whole. */
  readonly field: string;
  readonly error: NautesError;
}

/** What is accepted and has to be known. */
export interface Remark {
  readonly warning: Message;
}

export type Finding = Problem | Remark;

/** The finding, or none. */
export function problem(field: string, error: NautesError | undefined): readonly Finding[] {
  return error === undefined ? [] : [{ field, error }];
}

export function problemsIn(findings: readonly Finding[]): readonly NautesError[] {
  return findings.flatMap((finding) => ('error' in finding ? [finding.error] : []));
}

export function warningsIn(findings: readonly Finding[]): readonly Message[] {
  return findings.flatMap((finding) => ('warning' in finding ? [finding.warning] : []));
}
