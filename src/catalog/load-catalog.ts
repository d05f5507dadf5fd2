import { join } from 'node:path';
import { NautesError, saidBy } from '../errors/errors.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { readFileIfPresent } from '../base/files/files.ts';
import { matches, schemaProblems } from '../base/schema.ts';
import { parseYaml, YamlError } from '../base/yaml.ts';
import { schemaProblemsSaid } from '../errors/schema-texts.ts';
import { yamlProblem } from '../errors/yaml-problem.ts';
import { Catalog } from './catalog.ts';
import { componentProblem, defaultsProblem, duplicateProblem, referenceProblem } from './checks.ts';
import { CatalogFile, ComponentDefinition, type Variety } from './definition.ts';
import { CatalogProblem } from './problem.ts';
import { resolveLocation } from './source-location.ts';

/** A larger catalogue file is rejected. */
export const MAXIMUM_CATALOG_BYTES = 1024 * 1024;

/** The built-in catalogue. */
export const BUILT_IN_CATALOG = join(import.meta.dirname, 'components.yaml');

/** A component merged from the files, with the last file that defined it. */
interface Described {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly file: string;
  /** The file that made it the default of its category. */
  readonly defaultBy: string | undefined;
}

/**
 * Reads the built-in catalogue and then the given files, each changing or extending the earlier ones: a known component
 * keeps the fields that the file does not mention, a default replaces an earlier one.
 * @throws NautesError `CatalogInvalid`, naming the file
 */
export async function loadCatalog(files: readonly string[] = []): Promise<Catalog> {
  const described = new Map<string, Described>();
  let varieties: readonly Variety[] = [];
  for (const file of [BUILT_IN_CATALOG, ...files]) {
    const content = await readCatalogFile(file);
    merge(described, content.components ?? [], file);
    varieties = [...(content.varieties ?? []), ...varieties];
  }
  const components = [...described.values()].map(toDefinition);
  for (const component of components) {
    const problem = referenceProblem(component, components);
    if (problem !== undefined) throw invalid(described.get(component.name)?.file ?? BUILT_IN_CATALOG, problem);
  }
  const problem = defaultsProblem(components);
  if (problem !== undefined) throw invalid(files.at(-1) ?? BUILT_IN_CATALOG, problem);
  return new Catalog(components, varieties);
}

async function readCatalogFile(file: string): Promise<CatalogFile> {
  let content: unknown;
  try {
    const bytes = await readFileIfPresent(file, MAXIMUM_CATALOG_BYTES);
    if (bytes === undefined) throw new CatalogProblem(message('CatalogInvalid.fileMissing'));
    content = parseYaml(bytes.toString());
  } catch (error) {
    throw invalid(file, problemOf(error));
  }
  if (!matches(CatalogFile, content)) {
    throw invalid(file, schemaProblemsSaid(schemaProblems(CatalogFile, content)));
  }
  const problem = duplicateProblem(content);
  if (problem !== undefined) throw invalid(file, problem);
  return content;
}

function merge(
  described: Map<string, Described>,
  components: readonly { readonly name: string }[],
  file: string,
): void {
  for (const component of components) {
    const before = described.get(component.name);
    const fields: Record<string, unknown> = { ...before?.fields, ...component };
    if ('sources' in component) fields['sources'] = located(component.sources, component.name, file);
    const isDefault = 'default' in component && component.default === true;
    if (isDefault) dropDefaults(described, fields['category'], file);
    described.set(component.name, { fields, file, defaultBy: isDefault ? file : before?.defaultBy });
  }
}

/** A default of a later file replaces that of an earlier one; two of one file are rejected by a check. */
function dropDefaults(described: Map<string, Described>, category: unknown, file: string): void {
  for (const [name, entry] of described) {
    if (entry.fields['category'] !== category || entry.defaultBy === file) continue;
    described.set(name, { ...entry, fields: { ...entry.fields, default: false } });
  }
}

/** Sources with absolute paths; values that are not sources are rejected by the schema. */
function located(sources: unknown, component: string, file: string): unknown {
  if (!Array.isArray(sources)) return sources;
  return sources.map((source: unknown) => {
    if (typeof source !== 'object' || source === null) return source;
    const result: Record<string, unknown> = { ...source };
    for (const key of ['manifest', 'repository']) {
      const location = result[key];
      if (typeof location !== 'string' || location === '') continue;
      try {
        result[key] = resolveLocation(location, file);
      } catch (error) {
        throw invalid(file, message('About.name', { name: component, what: problemOf(error) }));
      }
    }
    return result;
  });
}

function toDefinition({ fields, file }: Described): ComponentDefinition {
  if (!matches(ComponentDefinition, fields)) {
    const what = schemaProblemsSaid(schemaProblems(ComponentDefinition, fields));
    throw invalid(file, message('About.name', { name: String(fields['name']), what }));
  }
  const problem = componentProblem(fields);
  if (problem !== undefined) throw invalid(file, problem);
  return fields;
}

/** What a part of the file is rejected for. */
function problemOf(error: unknown): Message {
  if (error instanceof CatalogProblem) return error.said;
  if (error instanceof YamlError) return yamlProblem(error);
  if (error instanceof RangeError) return message('CatalogInvalid.tooLarge', { maximum: MAXIMUM_CATALOG_BYTES });
  return saidBy(error);
}

function invalid(file: string, problem: Message): NautesError {
  return new NautesError('CatalogInvalid', { file, problem });
}
