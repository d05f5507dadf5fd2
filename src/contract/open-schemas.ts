import type { TSchema } from 'typebox';
import { type ViewName, viewSchemas } from './views.ts';

/** The schema that a client holds a reply against: it accepts what a server of a newer version may add. */
export function openSchema(name: ViewName): TSchema {
  return opened(viewSchemas[name]) as TSchema; // of the same form
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
