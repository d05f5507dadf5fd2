import { stringifyYaml } from '../../base/yaml.ts';
import { type Configuration, ConfigurationSchema } from './configuration.ts';

/**
 * The configuration as an equivalent YAML file. Keys contain no secrets but names of files with them;
 * a password in an address is omitted all the same.
 */
export function printableConfiguration(configuration: Configuration): string {
  return stringifyYaml(withoutPasswords(inOrderOf(ConfigurationSchema, configuration)));
}

/** The keys in the order of the reference. */
function inOrderOf(schema: object, value: unknown): unknown {
  if (!('properties' in schema) || typeof value !== 'object' || value === null) return value;
  const members = new Map(Object.entries(value));
  return Object.fromEntries(
    Object.entries(schema.properties as Readonly<Record<string, object>>)
      .filter(([key]) => members.has(key))
      .map(([key, property]) => [key, inOrderOf(property, members.get(key))]),
  );
}

function withoutPasswords(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/gi, '$1[redacted]@');
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutPasswords(member)]));
}
