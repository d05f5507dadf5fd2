import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { NautesError } from '../base/errors.ts';
import { describeProblems, matches, schemaProblems } from '../base/schema.ts';
import { parseYaml } from '../base/yaml.ts';
import type { ClusterSpec, ComponentCategory } from '../model/cluster.ts';
import { CatalogFile, ComponentDefinition, type ComponentSource, isChart, type Variety } from './definition.ts';
import { dependencyOrder } from './dependencies.ts';

/** A catalogue file larger than this is refused. */
const MAXIMUM_CATALOG_BYTES = 1024 * 1024;

/** The catalogue that comes with the program. */
export const BUILT_IN_CATALOG = join(import.meta.dirname, 'components.yaml');

/** The components that clusters can have, and which categories a variety of cluster gets. Immutable. */
export class Catalog {
  readonly #components: ReadonlyMap<string, ComponentDefinition>;
  readonly #varieties: readonly Variety[];

  constructor(components: readonly ComponentDefinition[], varieties: readonly Variety[]) {
    this.#components = new Map(components.map((component) => [component.name, component]));
    this.#varieties = varieties;
  }

  components(): readonly ComponentDefinition[] {
    return [...this.#components.values()];
  }

  component(name: string): ComponentDefinition | undefined {
    return this.#components.get(name);
  }

  /** The component that serves a category when nobody chooses; `undefined` when the catalogue has none. */
  defaultFor(category: ComponentCategory): ComponentDefinition | undefined {
    const candidates = this.components().filter((component) => component.category === category);
    return candidates.find((component) => component.default === true) ?? candidates[0];
  }

  /** The categories of a variety, or `undefined` when there is no such variety. */
  categoriesOf(
    spec: Pick<ClusterSpec, 'usage' | 'clusterType'> & { readonly workerType?: string },
  ): readonly ComponentCategory[] | undefined {
    return this.#varieties.find(
      (variety) =>
        variety.usage === spec.usage &&
        variety.clusterType === spec.clusterType &&
        variety.workerType === (spec.workerType ?? ''),
    )?.categories;
  }
}

/**
 * Reads the built-in catalogue and then the given files, each changing or extending what came before:
 * a component of a known name keeps what the file does not mention.
 * @throws NautesError `CatalogInvalid`
 */
export async function loadCatalog(files: readonly string[] = []): Promise<Catalog> {
  const components = new Map<string, Record<string, unknown>>();
  let varieties: readonly Variety[] = [];
  for (const file of [BUILT_IN_CATALOG, ...files]) {
    const content = await readCatalogFile(file);
    for (const component of content.components ?? []) {
      components.set(component.name, { ...components.get(component.name), ...withAbsolutePaths(component, file) });
    }
    varieties = [...(content.varieties ?? []), ...varieties];
  }
  const definitions = [...components.values()].map((component) => checkedComponent(component, files.at(-1)));
  checkDependencies(definitions, files.at(-1));
  return new Catalog(definitions, varieties);
}

async function readCatalogFile(file: string): Promise<CatalogFileContent> {
  let content: unknown;
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > MAXIMUM_CATALOG_BYTES) throw new Error(`it is larger than ${MAXIMUM_CATALOG_BYTES} bytes`);
    content = parseYaml(text);
  } catch (error) {
    throw new NautesError('CatalogInvalid', { file, problem: error instanceof Error ? error.message : 'unreadable' });
  }
  if (matches(CatalogFile, content)) return content;
  throw new NautesError('CatalogInvalid', { file, problem: describeProblems(schemaProblems(CatalogFile, content)) });
}

interface CatalogFileContent {
  readonly components?: readonly { readonly name: string }[];
  readonly varieties?: readonly Variety[];
}

/** Files named in a catalogue are relative to it. */
function withAbsolutePaths(component: object, catalogFile: string): Record<string, unknown> {
  const entries: Record<string, unknown> = { ...component };
  if (!Array.isArray(entries.sources)) return entries;
  entries.sources = entries.sources.map((source: unknown) => {
    if (typeof source !== 'object' || source === null) return source;
    const located: Record<string, unknown> = { ...source };
    for (const key of ['manifest', 'repository']) {
      const location = located[key];
      if (typeof location === 'string') located[key] = absoluteLocation(location, catalogFile);
    }
    return located;
  });
  return entries;
}

function absoluteLocation(location: string, catalogFile: string): string {
  if (/^https?:\/\//.test(location) || isAbsolute(location)) return location;
  return join(dirname(catalogFile), location);
}

function checkedComponent(component: unknown, file = BUILT_IN_CATALOG): ComponentDefinition {
  if (!matches(ComponentDefinition, component)) {
    const name = typeof component === 'object' && component !== null && 'name' in component ? component.name : '?';
    const problem = `${String(name)}: ${describeProblems(schemaProblems(ComponentDefinition, component))}`;
    throw new NautesError('CatalogInvalid', { file, problem });
  }
  for (const addition of component.additions ?? []) checkPattern(addition.pattern, component.name, file);
  return component;
}

function checkPattern(pattern: string | undefined, component: string, file: string): void {
  if (pattern === undefined) return;
  try {
    new RegExp(pattern);
  } catch {
    throw new NautesError('CatalogInvalid', { file, problem: `${component}: ${pattern} is not a regular expression` });
  }
}

function checkDependencies(components: readonly ComponentDefinition[], file = BUILT_IN_CATALOG): void {
  const order = dependencyOrder(components);
  if ('cycle' in order) {
    throw new NautesError('CatalogInvalid', {
      file,
      problem: `components wait for each other: ${order.cycle.join(' → ')}`,
    });
  }
}

/** Where a source comes from, for people. */
export function describeSource(source: ComponentSource): string {
  return isChart(source) ? `${source.repository} ${source.chart} ${source.version}` : source.manifest;
}
