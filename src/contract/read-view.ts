import type { TSchema } from 'typebox';
import { Compile } from 'typebox/schema';
import { type SchemaProblem, schemaProblems } from '../base/schema.ts';
import { type View, type ViewName, viewSchemas } from './views.ts';

/** A reply that violates the contract. Its message names paths and contains nothing of the reply. */
export class ReplyProblem extends Error {
  override readonly name = 'ReplyProblem';
}

const MAXIMUM_PROBLEMS_SHOWN = 3;

/**
 * The validated content of a reply. A server of a newer version may send fields and enumeration values that this
 * version does not know: they are accepted.
 * @throws ReplyProblem
 */
export function readView<Name extends ViewName>(name: Name, content: unknown): View<Name> {
  const { schema, isValid } = checkOf(name);
  if (isValid(content)) return content as View<Name>; // the open schema has the same form
  throw new ReplyProblem(describe(schemaProblems(schema, content)));
}

interface Check {
  readonly schema: TSchema;
  /** Compiled: lists of thousands are validated in less time than it takes to parse them. */
  readonly isValid: (content: unknown) => boolean;
}

const checks = new Map<ViewName, Check>();

function checkOf(name: ViewName): Check {
  const known = checks.get(name);
  if (known !== undefined) return known;
  const schema = opened(viewSchemas[name]) as TSchema;
  const validator = Compile(schema);
  const check = { schema, isValid: (content: unknown) => validator.Check(content) };
  checks.set(name, check);
  return check;
}

/** A copy of the schema that accepts unknown fields, and any string in place of an enumeration. */
function opened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(opened);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([key, value]) => key !== 'enum' && !isClosing(key, value));
  const copy = Object.fromEntries(members.map(([key, value]) => [key, opened(value)]));
  return 'enum' in schema && Array.isArray(schema.enum) ? { ...copy, type: 'string' } : copy;
}

function isClosing(key: string, value: unknown): boolean {
  return key === 'additionalProperties' && value === false;
}

function describe(problems: readonly SchemaProblem[]): string {
  const shown = problems.slice(0, MAXIMUM_PROBLEMS_SHOWN);
  const texts = shown.map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`);
  const rest = problems.length - shown.length;
  return `${texts.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
