/**
 * Names of a document's field in a file and on the wire, and its value there when the file does not have it:
 * the original sends every field, `""`, `false` or 0 for plain values and `null` for lists, maps and most objects.
 */
export interface DocumentField {
  /** Key in the file. */
  readonly yaml: string;
  /** Key on the wire. */
  readonly json: string;
  readonly type: DocumentType;
  /** Omitted from the request when the file does not have it. */
  readonly optional?: true;
}

export type DocumentType =
  | { readonly kind: 'text' | 'flag' | 'number' }
  | { readonly kind: 'list' | 'map'; readonly of: DocumentType }
  /**
   * `whole`: sent with all of its fields also when the file does not have it. `short`: the field that is meant where a
   * file of an earlier version has text instead of the object.
   */
  | {
      readonly kind: 'object';
      readonly fields: readonly DocumentField[];
      readonly whole?: true;
      readonly short?: string;
    };

export const text: DocumentType = { kind: 'text' };
export const flag: DocumentType = { kind: 'flag' };
export const number: DocumentType = { kind: 'number' };
export const list = (of: DocumentType): DocumentType => ({ kind: 'list', of });
export const map = (of: DocumentType): DocumentType => ({ kind: 'map', of });
export const object = (...fields: readonly DocumentField[]): DocumentType => ({ kind: 'object', fields });
export const wholeObject = (...fields: readonly DocumentField[]): DocumentType => ({
  kind: 'object',
  fields,
  whole: true,
});

/** An object that earlier versions wrote as text, which is the value of its first field. */
export const objectOrText = (first: DocumentField, ...others: readonly DocumentField[]): DocumentType => ({
  kind: 'object',
  fields: [first, ...others],
  short: first.yaml,
});

/** A field; its name on the wire is the snake case of its key unless another one is given. */
export function field(yaml: string, type: DocumentType, json = snakeCase(yaml)): DocumentField {
  return { yaml, json, type };
}

/** A field that is sent only when the file has it. */
export function optionalField(yaml: string, type: DocumentType, json = snakeCase(yaml)): DocumentField {
  return { yaml, json, type, optional: true };
}

export function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
