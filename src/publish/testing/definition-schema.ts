import type { TSchema } from 'typebox';
import { schemaProblems, type SchemaProblem } from '../../base/schema.ts';
import { parseYaml } from '../../base/yaml.ts';
import { isRecord, type KubeObject, listAt, valueAt } from '../../kube-objects/kube-object.ts';

/** What an object has against the schema of its definition (YAML), fields that would be pruned included. */
export function definitionProblems(definition: string, object: KubeObject): readonly SchemaProblem[] {
  const [version] = listAt(parseYaml(definition), 'spec', 'versions');
  const schema = valueAt(version, 'schema', 'openAPIV3Schema');
  const properties = { ...asRecord(valueAt(schema, 'properties')), metadata: {} };
  return schemaProblems(closed({ ...asRecord(schema), properties }) as TSchema, object);
}

/** The schema with nothing but what it names. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isRecord(schema)) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in schema;
  return isRecord(schema['properties']) && schema['type'] === 'object' && !isOpen
    ? { ...members, additionalProperties: false }
    : members;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}
