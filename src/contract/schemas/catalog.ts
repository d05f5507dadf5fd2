import { type Static, Type } from 'typebox';
import { catalogCategories, componentCategories } from '../../resources/cluster/components.ts';

/** The catalogue as the API shows it. Schemas contain the API's descriptions. */

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
      description: 'Origin of the digest: the catalogue, the lock file since the first download, or none yet.',
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
  {
    ...Closed,
    $id: 'Catalog',
    description: 'The components that clusters can have, and which kinds of cluster get which categories.',
  },
);
export type CatalogView = Static<typeof CatalogView>;
