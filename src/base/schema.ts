import type { Static, TSchema } from 'typebox';
import { Check, Errors } from 'typebox/schema';

/** Keywords about the length of a text, a list or an object. */
const SIZES = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const;
export type SizeKeyword = (typeof SIZES)[number];

/** The rule that a value violates. `noneOf`: a union, none of whose members it is. `other`: only the words of the validator say which. */
export type SchemaRule =
  | { readonly kind: 'unknownKeys'; readonly keys: string }
  | { readonly kind: 'oneOf'; readonly allowed: readonly string[] }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'limit'; readonly comparison: string; readonly limit: string }
  | { readonly kind: 'required'; readonly keys: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: SizeKeyword; readonly limit: string }
  | { readonly kind: 'noneOf' }
  | { readonly kind: 'other' };

/** One member of a value that violates its schema. */
export interface SchemaProblem {
  /** Dotted path, e.g. `components.2.source`; empty for the value itself. */
  readonly path: string;
  /** In English. */
  readonly message: string;
  readonly rule: SchemaRule;
}

/** Keywords whose violations repeat a more specific one at the same path. */
const ECHOES = new Set(['boolean', 'const', 'if', 'then', 'else']);

/** Every violation, at most one per path. Messages contain nothing of the value. */
export function schemaProblems(schema: TSchema, value: unknown): SchemaProblem[] {
  const problems = new Map<string, SchemaProblem>();
  for (const error of Errors(schema, value)[1]) {
    if (ECHOES.has(error.keyword)) continue;
    const path = error.instancePath.slice(1).replaceAll('/', '.');
    const rule = ruleOf(error.keyword, error.params);
    const place = path + (rule.kind === 'unknownKeys' ? rule.keys : '');
    if (!problems.has(place)) problems.set(place, { path, message: wordsOf(rule, error.message), rule });
  }
  return [...problems.values()];
}

function ruleOf(keyword: string, params: object): SchemaRule {
  const given = params as Readonly<Record<string, unknown>>;
  const { additionalProperties, allowedValues, requiredProperties, pattern, type, comparison, limit } = given;
  const size = SIZES.find((each) => each === keyword);
  if (size !== undefined) return { kind: size, limit: String(limit) };
  switch (keyword) {
    case 'additionalProperties':
      return { kind: 'unknownKeys', keys: quoted(additionalProperties) };
    case 'enum':
      return Array.isArray(allowedValues) ? { kind: 'oneOf', allowed: allowedValues.map(String) } : { kind: 'other' };
    case 'type':
      return typeof type === 'string' ? { kind: 'type', type } : { kind: 'other' };
    case 'minimum':
    case 'maximum':
      return { kind: 'limit', comparison: String(comparison), limit: String(limit) };
    case 'required':
      return { kind: 'required', keys: quoted(requiredProperties) };
    case 'pattern':
      return { kind: 'pattern', pattern: String(pattern) };
    case 'anyOf':
      return { kind: 'noneOf' };
    default:
      return { kind: 'other' };
  }
}

function quoted(keys: unknown): string {
  return Array.isArray(keys) ? keys.map((key) => `"${String(key)}"`).join(', ') : '';
}

/** The message; for an enumeration it lists the allowed values. */
function wordsOf(rule: SchemaRule, words: string): string {
  if (rule.kind === 'oneOf') return `must be one of ${rule.allowed.join(', ')}`;
  return rule.kind === 'unknownKeys' && rule.keys !== '' ? `unknown key ${rule.keys}` : words;
}

/** The value as the schema's type, or `undefined` when it does not fit. */
export function matches<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return Check(schema, value);
}

/** Violations as one sentence, for an error message. */
export function describeProblems(problems: readonly SchemaProblem[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}
