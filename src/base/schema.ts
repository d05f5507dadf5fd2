import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** One member of a value that violates its schema. */
export interface SchemaProblem {
  /** Dotted path, e.g. `components.2.source`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** Keywords whose violations repeat a more specific one at the same path. */
const ECHOES = new Set(['boolean', 'const', 'if', 'then', 'else']);

/** Every violation, at most one per path. Messages contain nothing of the value. */
export function schemaProblems(schema: TSchema, value: unknown): SchemaProblem[] {
  const problems = new Map<string, SchemaProblem>();
  for (const error of Value.Errors(schema, value)) {
    if (ECHOES.has(error.keyword)) continue;
    const path = error.instancePath.slice(1).replaceAll('/', '.');
    const unknown = error.keyword === 'additionalProperties' ? unknownKeys(error.params) : '';
    if (!problems.has(path + unknown)) {
      const message = unknown === '' ? allowedValues(error) : `unknown key ${unknown}`;
      problems.set(path + unknown, { path, message });
    }
  }
  return [...problems.values()];
}

/** The message; for an enumeration it lists the allowed values. */
function allowedValues({ keyword, params, message }: { keyword: string; params: object; message: string }): string {
  const allowed: unknown = keyword === 'enum' && 'allowedValues' in params ? params.allowedValues : undefined;
  return Array.isArray(allowed) ? `must be one of ${allowed.map(String).join(', ')}` : message;
}

function unknownKeys(params: object): string {
  const keys = 'additionalProperties' in params ? params.additionalProperties : [];
  return Array.isArray(keys) ? keys.map((key) => `"${String(key)}"`).join(', ') : '';
}

/** The value as the schema's type, or `undefined` when it does not fit. */
export function matches<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return Value.Check(schema, value);
}

/** Violations as one sentence, for an error message. */
export function describeProblems(problems: readonly SchemaProblem[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}
