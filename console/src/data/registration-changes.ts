/** A field that differs; empty where it was or is not there. */
export interface FieldChange {
  /** Dotted, e.g. `components_list.gateway.additions.httpNodePort`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/**
 * What differs between two states of a registration as replies give them, in the order of fields; nothing where one of
 * them is not known.
 */
export function changesBetween(before: object | undefined, after: object | undefined): readonly FieldChange[] {
  if (before === undefined || after === undefined) return [];
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .toSorted()
    .map((field) => ({ field, before: old.get(field) ?? '', after: now.get(field) ?? '' }))
    .filter((change) => change.before !== change.after);
}

function fieldsOf(value: object, prefix = ''): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const [name, member] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    const field = `${prefix}${name}`;
    if (Array.isArray(member)) fields.set(field, member.map(textOf).join(', '));
    else if (typeof member === 'object' && member !== null) {
      for (const [inner, text] of fieldsOf(member, `${field}.`)) fields.set(inner, text);
    } else if (member !== null && member !== undefined) fields.set(field, textOf(member));
  }
  return fields;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
