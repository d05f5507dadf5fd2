/** One thing that is wrong with a request. */
export interface Violation {
  /** Name of the field on the wire, e.g. `components_list.gateway`; empty for the request as a whole. */
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

/** A request of 1 MB can break a rule 80,000 times; nobody reads more than these. */
const MAXIMUM_VIOLATIONS = 100;

/** Longer ones can only repeat what the request has. */
const MAXIMUM_FIELD = 400;
const MAXIMUM_MESSAGE = 2000;

/** What is told of violations: the first of them, and how many more there are. */
export function reportedViolations(violations: readonly Violation[]): readonly Violation[] {
  const told = violations.slice(0, MAXIMUM_VIOLATIONS).map(({ field, message, remedy }) => ({
    field: shorten(field, MAXIMUM_FIELD),
    message: shorten(message, MAXIMUM_MESSAGE),
    remedy,
  }));
  const more = violations.length - told.length;
  return more === 0 ? told : [...told, { field: '', message: `and ${more} more`, remedy: '' }];
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Violations as the metadata of an error: `violations.0.field` and so on would be hard to read, so one entry a field. */
export function violationMetadata(violations: readonly Violation[]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const { field, message, remedy } of reportedViolations(violations)) {
    const key = field === '' ? 'request' : field;
    const text = remedy === '' ? message : `${message}. ${remedy}`;
    metadata[key] = metadata[key] === undefined ? text : `${metadata[key]}; ${text}`;
  }
  return metadata;
}
