/** Reads answers whose structure is not trusted. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The record found along the keys; an empty one where there is none. */
export function recordAt(value: unknown, ...keys: readonly string[]): JsonRecord {
  let found: unknown = value;
  for (const key of keys) found = isRecord(found) ? found[key] : undefined;
  return isRecord(found) ? found : {};
}

/** The text of a member; empty where there is none. */
export function textOf(record: JsonRecord, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value : '';
}

/** The number of a member; 0 where there is none. */
export function numberOf(record: JsonRecord, key: string): number {
  const value = record[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** The texts of a list; empty where there is none. */
export function textsOf(record: JsonRecord, key: string): readonly string[] {
  const value = record[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The names as a path of Vault, each one encoded. */
export function pathOf(...names: readonly string[]): string {
  return names
    .flatMap((name) => name.split('/'))
    .map(encodeURIComponent)
    .join('/');
}
