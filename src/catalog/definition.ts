import { type Static, Type } from 'typebox';
import { catalogCategories, componentCategories } from '../resources/cluster/components.ts';

/**
 * The format of a catalogue file (YAML).
 * `${…}` in a string is replaced by a fact about the cluster when the component is rendered: see `template.ts` for the
 * syntax and `fact-names.ts` for the names.
 */

const Name = Type.String({ pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 });
const Text = Type.String({ minLength: 1, maxLength: 2000 });
/** Shown to people: one text, or one in each language. */
const ShownText = Type.Union([Text, Type.Object({ en: Text, zh: Text }, { additionalProperties: false })]);
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Data = Type.Record(Type.String(), Type.Unknown());
/** Such as `spec.ports[name=web].nodePort`, `webhooks[*].clientConfig`, `args[0]`, `data["a.b"]`. */
const FieldPath = Type.String({
  pattern: String.raw`^([^.[\]"]+|\["[^"]+"\])(\.[^.[\]"]+|\["[^"]+"\]|\[\*\]|\[[0-9]+\]|\[[^=\]]+=[^\]]*\])*$`,
  maxLength: 500,
  description: 'field path',
});

/** A YAML file with objects: a path relative to the catalogue file, or an https URL. */
const ManifestSource = Type.Object(
  { manifest: Text, sha256: Type.Optional(Digest) },
  { additionalProperties: false, description: 'published manifest' },
);

/**
 * A Helm chart; it is only rendered. `repository` is a chart repository (https), a folder that contains
 * `<chart>-<version>.tgz`, or the archive itself (its name ends in `.tgz`).
 */
const ChartSource = Type.Object(
  {
    chart: Type.String({ pattern: '^[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$', maxLength: 100 }),
    repository: Text,
    version: Type.String({ pattern: '^[0-9A-Za-z]([-+.0-9A-Za-z]*[0-9A-Za-z])?$', maxLength: 100 }),
    release: Name,
    /** SHA-256 of the archive. */
    sha256: Type.Optional(Digest),
    /** Each distinct set of values costs a rendering: values that differ by cluster belong in patches. */
    values: Type.Optional(Data),
    /** `.Capabilities.APIVersions` besides Kubernetes' own, e.g. `monitoring.coreos.com/v1`. */
    apiVersions: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9./-]+$', maxLength: 253 }))),
  },
  { additionalProperties: false, description: 'Helm chart' },
);

/** Selects the objects of a patch. */
const Target = Type.Object(
  { kind: Text, name: Type.Optional(Text), apiVersion: Type.Optional(Text) },
  { additionalProperties: false },
);

/** Sets a value at a path. A missing list element is an error unless `create` is true. */
const FieldValue = Type.Object(
  { path: FieldPath, value: Type.Unknown(), create: Type.Optional(Type.Boolean()) },
  { additionalProperties: false },
);

/** Appends to the list at a path the values that it does not contain. */
const ListValues = Type.Object(
  { path: FieldPath, values: Type.Array(Type.Unknown()) },
  { additionalProperties: false },
);

/** Patches a YAML document that is text at a path, or base64 in the data of a Secret, by a JSON merge patch. */
const DocumentPatch = Type.Object({ path: FieldPath, merge: Data }, { additionalProperties: false });

/** Applied in this order: `merge` (JSON merge patch, RFC 7396), `set`, `append`, `documents`. */
const Patch = Type.Object(
  {
    target: Target,
    /** A fact without which the patch is omitted. */
    when: Type.Optional(Text),
    merge: Type.Optional(Data),
    set: Type.Optional(Type.Array(FieldValue)),
    append: Type.Optional(Type.Array(ListValues)),
    documents: Type.Optional(Type.Array(DocumentPatch)),
  },
  { additionalProperties: false },
);

/** A setting of the component that a save may contain. */
const Addition = Type.Object(
  {
    name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_-]*$', maxLength: 63 }),
    pattern: Type.Optional(Text),
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.String()),
    description: Type.Optional(ShownText),
  },
  { additionalProperties: false },
);

/** A notice for users of the component; omitted when the fact named by `unless` is not empty. */
const Advisory = Type.Object({ text: ShownText, unless: Type.Optional(Text) }, { additionalProperties: false });

/** How people get into the component once it runs. */
const Login = Type.Object(
  {
    /** Where it answers; a fact that is missing or empty means that there is no such address. */
    url: Type.Optional(Text),
    user: Type.Optional(Text),
    /** The Secret in its namespace that has the first password, and the key there. */
    secret: Type.Optional(Type.Object({ name: Text, key: Text }, { additionalProperties: false })),
    /** The Service in its namespace to which a port can be forwarded. */
    service: Type.Optional(
      Type.Object({ name: Text, port: Type.Integer({ minimum: 1, maximum: 65_535 }) }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);

/** A field that another controller manages by design: never counted as drift. */
const SharedField = Type.Object(
  { kind: Text, name: Type.Optional(Text), path: FieldPath, owner: Text },
  { additionalProperties: false },
);

const ComponentFields = {
  name: Name,
  category: Type.Enum([...catalogCategories]),
  namespace: Name,
  version: Text,
  description: Type.Optional(ShownText),
  default: Type.Optional(Type.Boolean()),
  sources: Type.Array(Type.Union([ManifestSource, ChartSource]), { minItems: 1 }),
  objects: Type.Optional(Type.Array(Data)),
  patches: Type.Optional(Type.Array(Patch)),
  /** Objects of the sources to leave out; one that the sources do not have is no error. */
  omit: Type.Optional(Type.Array(Target)),
  additions: Type.Optional(Type.Array(Addition)),
  /** Components that must be healthy before this one is applied. */
  requires: Type.Optional(Type.Array(Name)),
  /** Components that must have been applied before; `*` means all that do not declare `*` themselves. */
  after: Type.Optional(Type.Array(Type.Union([Name, Type.Literal('*')]))),
  sharedFields: Type.Optional(Type.Array(SharedField)),
  advisories: Type.Optional(Type.Array(Advisory)),
  login: Type.Optional(Login),
  /** A fact without which clusters do not get the component, such as `identity.issuer`. */
  when: Type.Optional(Text),
  /** Adopt existing objects that are not managed by Nautes. */
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

/** A file may omit fields of a component that an earlier file defines: only all files together are a definition. */
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
export type CatalogFile = Static<typeof CatalogFile>;
export type ComponentAddition = Static<typeof Addition>;
export type ComponentAdvisory = Static<typeof Advisory>;
export type ComponentLogin = Static<typeof Login>;
export type SharedField = Static<typeof SharedField>;
export type Variety = Static<typeof Variety>;

export function isChart(source: ComponentSource): source is ChartSource {
  return 'chart' in source;
}
