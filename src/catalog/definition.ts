import { type Static, Type } from 'typebox';
import { componentCategories } from '../model/cluster.ts';

/**
 * The catalogue's own format: what a catalogue file (YAML) may say.
 * `${…}` in a string is replaced by a fact about the cluster when the component is rendered, see `render/facts.ts`.
 */

const Name = Type.String({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 });
const Text = Type.String({ minLength: 1, maxLength: 2000 });
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Data = Type.Record(Type.String(), Type.Unknown());

/** A YAML file with objects: a path relative to the catalogue file, or an https URL. */
const ManifestSource = Type.Object(
  { manifest: Text, sha256: Type.Optional(Digest) },
  { additionalProperties: false, description: 'published manifest' },
);

/** A Helm chart, only rendered. The archive is found at `<repository>/<chart>-<version>.tgz`. */
const ChartSource = Type.Object(
  {
    chart: Text,
    repository: Text,
    version: Text,
    release: Name,
    sha256: Type.Optional(Digest),
    values: Type.Optional(Data),
  },
  { additionalProperties: false, description: 'Helm chart' },
);

/** Which objects a patch is about. */
const Target = Type.Object(
  { kind: Text, name: Type.Optional(Text), apiVersion: Type.Optional(Text) },
  { additionalProperties: false },
);

/** `merge` is a JSON merge patch (RFC 7386); `set` puts a value at a path such as `spec.ports[name=web].nodePort`. */
const Patch = Type.Object(
  {
    target: Target,
    merge: Type.Optional(Data),
    set: Type.Optional(Type.Array(Type.Object({ path: Text, value: Type.Unknown() }, { additionalProperties: false }))),
  },
  { additionalProperties: false },
);

/** A setting of the component that a save may give. */
const Addition = Type.Object(
  {
    name: Text,
    pattern: Type.Optional(Text),
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.String()),
    description: Type.Optional(Text),
  },
  { additionalProperties: false },
);

/** What people should know of the component; left out when the fact named by `unless` is not empty. */
const Advisory = Type.Object({ text: Text, unless: Type.Optional(Text) }, { additionalProperties: false });

/** A field that another controller owns by design: never counted as drift. */
const SharedField = Type.Object(
  { kind: Text, name: Type.Optional(Text), path: Text, owner: Text },
  { additionalProperties: false },
);

const ComponentFields = {
  name: Name,
  category: Type.Enum([...componentCategories]),
  namespace: Name,
  version: Text,
  description: Type.Optional(Text),
  default: Type.Optional(Type.Boolean()),
  sources: Type.Array(Type.Union([ManifestSource, ChartSource]), { minItems: 1 }),
  objects: Type.Optional(Type.Array(Data)),
  patches: Type.Optional(Type.Array(Patch)),
  /** Objects of the sources that are not wanted; one that the sources do not have is no error. */
  omit: Type.Optional(Type.Array(Target)),
  additions: Type.Optional(Type.Array(Addition)),
  /** Components that must be healthy before this one is applied. */
  requires: Type.Optional(Type.Array(Name)),
  /** Components that must have been applied before; `*` stands for all that do not say `*` themselves. */
  after: Type.Optional(Type.Array(Type.Union([Name, Type.Literal('*')]))),
  sharedFields: Type.Optional(Type.Array(SharedField)),
  advisories: Type.Optional(Type.Array(Advisory)),
  /** Take over objects that exist already and are nobody's of ours. */
  adopt: Type.Optional(Type.Boolean()),
};

export const ComponentDefinition = Type.Object(ComponentFields, { additionalProperties: false });

const Variety = Type.Object(
  {
    usage: Type.String(),
    clusterType: Type.String(),
    workerType: Type.String(),
    categories: Type.Array(Type.Enum([...componentCategories])),
  },
  { additionalProperties: false },
);

export const CatalogFile = Type.Object(
  {
    components: Type.Optional(Type.Array(Type.Object({ name: Name }, { additionalProperties: true }))),
    varieties: Type.Optional(Type.Array(Variety)),
  },
  { additionalProperties: false },
);

export type ComponentDefinition = Static<typeof ComponentDefinition>;
export type ManifestSource = Static<typeof ManifestSource>;
export type ChartSource = Static<typeof ChartSource>;
export type ComponentSource = ManifestSource | ChartSource;
export type ComponentTarget = Static<typeof Target>;
export type ComponentPatch = Static<typeof Patch>;
export type ComponentAddition = Static<typeof Addition>;
export type SharedField = Static<typeof SharedField>;
export type Variety = Static<typeof Variety>;

export function isChart(source: ComponentSource): source is ChartSource {
  return 'chart' in source;
}
