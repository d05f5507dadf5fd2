import { defined } from '../base/defined.ts';
import { basename } from 'node:path';
import type { CatalogView } from '../contract/schemas/catalog.ts';
import { catalogCategories } from '../resources/cluster/components.ts';
import { advisoriesFor } from './advisories.ts';
import { type Language, textIn } from '../messages/text.ts';
import type { Catalog } from './catalog.ts';
import { type ComponentDefinition, type ComponentSource, isChart } from './definition.ts';
import { isRemote, sourceLocation } from './source-location.ts';

export interface CatalogViewOptions {
  /** Of the texts for people; default: English. */
  readonly language?: Language;
  /** Digests recorded at the first download, by location. */
  readonly recordedDigests?: ReadonlyMap<string, string>;
  /** Facts of all clusters, such as `vault.address`: an advisory about one that is set is omitted. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** The catalogue as `GET /api/v1/catalog` returns it, sorted by category and name. */
export function catalogView(catalog: Catalog, options: CatalogViewOptions = {}): CatalogView {
  const components = catalog.components().map((component) => componentView(component, catalog, options));
  const order = (category: ComponentDefinition['category']): number => catalogCategories.indexOf(category);
  return {
    components: components.toSorted(
      (left, right) => order(left.category) - order(right.category) || (left.name < right.name ? -1 : 1),
    ),
    varieties: effectiveVarieties(catalog),
  };
}

function componentView(
  component: ComponentDefinition,
  catalog: Catalog,
  { recordedDigests = new Map(), facts = {}, language = 'en' }: CatalogViewOptions,
): CatalogView['components'][number] {
  const { name, category, namespace, version, description = '', additions = [] } = component;
  return {
    name,
    category,
    namespace,
    version,
    description: textIn(description, language),
    default: catalog.defaultFor(category)?.name === name,
    sources: component.sources.map((source) => sourceView(source, recordedDigests)),
    additions: additions.map((addition) => ({
      name: addition.name,
      description: textIn(addition.description ?? '', language),
      pattern: addition.pattern ?? '',
      required: addition.required ?? false,
      ...defined({ default: addition.default }),
    })),
    requires: [...(component.requires ?? [])],
    after: [...(component.after ?? [])],
    advisories: advisoriesFor(component, facts).map((advisory) => textIn(advisory, language)),
  };
}

type SourceView = CatalogView['components'][number]['sources'][number];

function sourceView(source: ComponentSource, recorded: ReadonlyMap<string, string>): SourceView {
  const location = isChart(source) ? source.repository : source.manifest;
  const found = recorded.get(sourceLocation(source));
  const digest = source.sha256 ?? found ?? '';
  const digestFrom = source.sha256 === undefined ? (found === undefined ? 'none' : 'lock') : 'catalog';
  return {
    kind: isChart(source) ? 'chart' : 'manifest',
    location: isRemote(location) ? location : basename(location), // the server's directories are not disclosed
    ...(isChart(source) ? { chart: source.chart, version: source.version } : {}),
    sha256: digest,
    digestFrom,
  };
}

/** The varieties without those that a later file has replaced. */
function effectiveVarieties(catalog: Catalog): CatalogView['varieties'] {
  const seen = new Set<string>();
  const effective = catalog.varieties().filter(({ usage, clusterType, workerType }) => {
    const key = [usage, clusterType, workerType].join(' ');
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
  return effective.map(({ usage, clusterType, workerType, categories }) => ({
    usage,
    clusterType,
    workerType,
    categories: [...categories],
  }));
}
