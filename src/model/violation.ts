/** One thing that is wrong with a request. */
export interface Violation {
  /** Name of the field on the wire, e.g. `components_list.gateway`; empty for the request as a whole. */
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

/** Violations as the metadata of an error: `violations.0.field` and so on would be hard to read, so one entry a field. */
export function violationMetadata(violations: readonly Violation[]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const { field, message, remedy } of violations) {
    const key = field === '' ? 'request' : field;
    const text = remedy === '' ? message : `${message}. ${remedy}`;
    metadata[key] = metadata[key] === undefined ? text : `${metadata[key]}; ${text}`;
  }
  return metadata;
}
