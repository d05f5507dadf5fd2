import { basename } from 'node:path';
import { type Static, Type } from 'typebox';
import { catalogCategories, componentCategories } from '../resources/cluster/cluster.ts';
import { advisoriesFor } from './advisories.ts';
import type { Catalog } from './catalog.ts';
import { type ComponentDefinition, type ComponentSource, isChart } from './definition.ts';
import { isRemote, sourceLocation } from './source-location.ts';

/** What people and programs get to see of the catalogue. Schemas carry descriptions: they are the API's own. */

const Closed = { additionalProperties: false } as const;
const text = (description: string) => Type.String({ description });

const SourceView = Type.Object(
  {
    kind: Type.Enum(['manifest', 'chart'], {
      description: 'Published objects, or a Helm chart that is only rendered.',
    }),
    location: text('URL, or the name of a file on the server.'),
    chart: Type.Optional(text('Name of the chart.')),
    version: Type.Optional(text('Version of the chart.')),
    sha256: text('SHA-256 of the content that is accepted; empty until the first download.'),
    digestFrom: Type.Enum(['catalog', 'lock', 'none'], {
      description: 'Who promises it: the catalogue, the lock file since the first download, or nobody yet.',
    }),
  },
  { ...Closed, description: 'Where objects of a component come from.' },
);

const AdditionView = Type.Object(
  {
    name: text('Key in `additions`.'),
    description: text('What it is for.'),
    pattern: text('Regular expression that a value has to match; empty: any.'),
    required: Type.Boolean({ description: 'Whether a cluster has to have a value for it.' }),
    default: Type.Optional(text('Value when a save gives none.')),
  },
  { ...Closed, description: 'A setting of a component.' },
);

const ComponentView = Type.Object(
  {
    name: text('Name, as in `components_list`.'),
    category: Type.Enum([...catalogCategories], { description: 'What it is for.' }),
    namespace: text('Namespace when a save gives none.'),
    version: text('Version that is installed.'),
    description: text('What it is.'),
    default: Type.Boolean({ description: 'Whether it serves its category when a save names none.' }),
    sources: Type.Array(SourceView),
    additions: Type.Array(AdditionView),
    requires: Type.Array(Type.String(), { description: 'Components that are healthy before this one is installed.' }),
    after: Type.Array(Type.String(), { description: 'Components that are applied before; `*`: all others.' }),
    advisories: Type.Array(Type.String(), { description: 'What people should know before they choose it.' }),
  },
  { ...Closed, description: 'A component that clusters can have.' },
);

const VarietyView = Type.Object(
  {
    usage: text('`host` or `worker`.'),
    clusterType: text('`physical` or `virtual`.'),
    workerType: text('`deployment` or `pipeline`; empty for hosts.'),
    categories: Type.Array(Type.Enum([...componentCategories]), { description: 'What such a cluster gets.' }),
  },
  { ...Closed, description: 'A kind of cluster.' },
);

export const CatalogView = Type.Object(
  { components: Type.Array(ComponentView), varieties: Type.Array(VarietyView) },
  { ...Closed, description: 'The components that clusters can have, and which kinds of cluster get which categories.' },
);
export type CatalogView = Static<typeof CatalogView>;

export interface CatalogViewOptions {
  /** Digests recorded at the first download, by location. */
  readonly recordedDigests?: ReadonlyMap<string, string>;
  /** Facts that hold for all clusters, such as `vault.address`: an advisory about one that is set is left out. */
  readonly facts?: Readonly<Record<string, string>>;
}

/** The catalogue as `GET /api/v1/catalog` shows it, sorted by category and name. */
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
  { recordedDigests = new Map(), facts = {} }: CatalogViewOptions,
): CatalogView['components'][number] {
  const { name, category, namespace, version, description = '', additions = [] } = component;
  return {
    name,
    category,
    namespace,
    version,
    description,
    default: catalog.defaultFor(category)?.name === name,
    sources: component.sources.map((source) => sourceView(source, recordedDigests)),
    additions: additions.map((addition) => ({
      name: addition.name,
      description: addition.description ?? '',
      pattern: addition.pattern ?? '',
      required: addition.required ?? false,
      ...(addition.default === undefined ? {} : { default: addition.default }),
    })),
    requires: [...(component.requires ?? [])],
    after: [...(component.after ?? [])],
    advisories: [...advisoriesFor(component, facts)],
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
    location: isRemote(location) ? location : basename(location), // where files lie on the server is nobody's business
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
