import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { defined } from '../base/defined.ts';
import type { NautesError } from '../errors/errors.ts';
import { yamlProblem } from '../errors/yaml-problem.ts';
import { parseYaml, stringifyYaml, YamlError } from '../base/yaml.ts';
import type { Field } from './field.ts';
import { FieldProblem, mustBe } from './field.ts';
import {
  asMembers,
  asOptionalMembers,
  asOptionalText,
  compact,
  type Members,
  sorted,
  without,
} from './fields/values.ts';
import { originalIncarnation, ownIncarnation } from './incarnation.ts';
import { documentPath, keptFieldsOf, type Resource, type ResourceKind } from './kind.ts';
import type { DecodedFile, FileLayout } from './repository-layout.ts';

const API_VERSION = 'nautes.resource.nautes.io/v1alpha1';
const SUFFIX = '.yaml';

/** A larger file is not read; a typical one has about 1.5 KB. */
export const MAXIMUM_FILE_BYTES = 64 * 1024;

/** Ids become label values and parts of paths: the alphabet of a Kubernetes label value. */
const IDENTIFIER = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** A time as we write it: RFC 3339 in UTC. */
const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,9})?Z$/;

/**
 * Content of other authors or newer versions that a save keeps in a file: foreign labels and annotations,
 * unknown fields of the spec. Comments, `status` and unknown fields elsewhere are dropped by the next save.
 */
export interface KeptFields {
  readonly labels: Members;
  readonly annotations: Members;
  readonly spec: Members;
}

/** A kind's rules for its files besides its fields. */
export interface FileRules<R extends Resource> {
  readonly directory: string;
  readonly kustomization?: string;
  nameProblem(name: string): Message | undefined;
  invalid(name: string, problem: Message): NautesError;
  /** Normalises the resource, e.g. with what files of the original have elsewhere. */
  settle?(resource: R, isOfOriginal: boolean): R;
}

/** The files of a kind in a Git repository, derived from its description. */
export function resourceFiles<R extends Resource, Index extends string = string>(
  kind: ResourceKind,
  rules: FileRules<R>,
): FileLayout<R, Index, KeptFields> {
  const { directory, kustomization } = rules;
  const codec = new ResourceCodec(kind);
  return {
    kind: kind.kind,
    directory,
    ...defined({ kustomization }),
    maximumBytes: MAXIMUM_FILE_BYTES,
    nameProblem: (name) => rules.nameProblem(name),
    invalid: (name, problem) => rules.invalid(name, problem),
    fileOf: (name) => `${name}${SUFFIX}`,
    nameOf: (file) => {
      const name = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : '';
      return rules.nameProblem(name) === undefined ? name : undefined;
    },
    encode: (resource, { namespace, kept }) => codec.encode(resource, namespace, kept),
    decode: (name, text): DecodedFile<R, KeptFields> => {
      try {
        const { resource, isOfOriginal, kept } = codec.decode(name, text);
        const read = resource as R; // the description of the kind is that of its type
        return { resource: rules.settle?.(read, isOfOriginal) ?? read, kept };
      } catch (error) {
        if (!(error instanceof FieldProblem || error instanceof YamlError)) throw error;
        const problem =
          error instanceof FieldProblem ? error.said : message('file.notYaml', { problem: yamlProblem(error) });
        throw rules.invalid(name, problem);
      }
    },
    indexKeys: (resource) => indexKeys(kind, resource),
  };
}

/** The keys of the resource's indexes. */
function indexKeys<Index extends string>(
  { indexes }: ResourceKind,
  resource: Resource,
): Readonly<Partial<Record<Index, string>>> {
  const members: Members = { ...resource, ...asMembers(resource.spec, 'spec') };
  const keys = indexes
    .map((index) => [index, members[index]])
    .filter(([, key]) => typeof key === 'string' && key !== '');
  return Object.fromEntries(keys) as Partial<Record<Index, string>>;
}

interface Decoded {
  readonly resource: Resource;
  readonly kept?: KeptFields;
  /** Whether the file has no incarnation: Nautes has not written it. */
  readonly isOfOriginal: boolean;
}

/** Encodes and decodes the files of a kind. Keys are sorted and empty fields omitted: equal resources give equal bytes. */
class ResourceCodec {
  readonly #kind: string;
  readonly #incarnation: string;
  /** Key of the resource to the name of the annotation, for those that are not fields of the spec. */
  readonly #identifiers: readonly (readonly [key: string, annotation: string])[];
  /** The same for times. */
  readonly #times: readonly (readonly [key: string, annotation: string])[];
  readonly #inSpec: readonly FileField[];
  readonly #inAnnotations: readonly FileField[];
  readonly #ownSpec: ReadonlySet<string>;
  readonly #ownAnnotations: ReadonlySet<string>;

  constructor({ kind, singular, annotations, times = {}, fields }: ResourceKind) {
    const all = keptFieldsOf(fields).map(([name, field]) => fileField(name, field));
    this.#kind = kind;
    this.#incarnation = `${singular}.nautes.io/incarnation`;
    this.#identifiers = Object.entries(annotations);
    this.#times = Object.entries(times);
    this.#inSpec = all.filter(({ isAnnotation }) => !isAnnotation);
    this.#inAnnotations = all.filter(({ isAnnotation }) => isAnnotation);
    this.#ownSpec = new Set(this.#inSpec.map(({ key }) => key));
    this.#ownAnnotations = new Set([
      this.#incarnation,
      ...Object.values(annotations),
      ...Object.values(times),
      ...this.#inAnnotations.map(({ key }) => key),
    ]);
  }

  encode(resource: Resource, namespace: string, kept?: KeptFields): string {
    const members: Members = { ...resource };
    const spec = asMembers(resource.spec, 'spec');
    const written = (fields: readonly FileField[]): Members =>
      Object.fromEntries(
        fields.map(({ name, key, field }) => [
          key,
          spec[name] === undefined ? undefined : field.type.encode(spec[name]),
        ]),
      );
    const annotations = compact({
      ...kept?.annotations,
      [this.#incarnation]: resource.incarnation,
      ...Object.fromEntries([...this.#identifiers, ...this.#times].map(([key, name]) => [name, members[key]])),
      ...written(this.#inAnnotations),
    });
    return stringifyYaml(
      sorted({
        apiVersion: API_VERSION,
        kind: this.#kind,
        metadata: compact({ annotations, labels: kept?.labels, name: resource.name, namespace }),
        spec: compact({ ...kept?.spec, ...written(this.#inSpec) }),
      }),
    );
  }

  /**
   * Files of the original are accepted: they have no annotations of ours, but `creationTimestamp` and `status`.
   * Their incarnation is derived from the name alone. An address corrected by hand must not look like another
   * registration, which would off-board a cluster; the first save stores the incarnation.
   * @throws FieldProblem, YamlError
   */
  decode(name: string, text: string): Decoded {
    if (Buffer.byteLength(text) > MAXIMUM_FILE_BYTES) {
      throw new FieldProblem(message('file.tooLarge', { maximum: MAXIMUM_FILE_BYTES }));
    }
    const root = asMembers(parseYaml(text), 'document');
    if (root['apiVersion'] !== API_VERSION)
      throw new FieldProblem(message('file.value', { place: 'apiVersion', value: API_VERSION }));
    if (root['kind'] !== this.#kind)
      throw new FieldProblem(message('file.value', { place: 'kind', value: this.#kind }));
    const metadata = asMembers(root['metadata'], 'metadata');
    if (metadata['name'] !== name) throw new FieldProblem(message('file.name'));
    const annotations = asOptionalMembers(metadata['annotations'], 'metadata.annotations');
    const labels = asOptionalMembers(metadata['labels'], 'metadata.labels');
    const spec = asMembers(root['spec'], 'spec');

    const incarnation = readIdentifier(annotations, this.#incarnation);
    const identifiers = this.#identifiers
      .map(([key, annotation]) => [key, readIdentifier(annotations, annotation)])
      .filter(([, value]) => value !== undefined);
    const times = this.#times
      .map(([key, annotation]) => [key, annotations[annotation]])
      .filter(([, value]) => typeof value === 'string' && TIME.test(value));
    const resource = {
      name,
      incarnation: incarnation === undefined ? originalIncarnation(name) : ownIncarnation(name, incarnation),
      ...Object.fromEntries([...identifiers, ...times]),
      spec: Object.fromEntries([
        ...this.#inSpec.flatMap((one) => decodeField(one, spec, `spec.${one.key}`)),
        ...this.#inAnnotations.flatMap((one) => decodeField(one, annotations, `annotation ${one.key}`)),
      ]),
    };
    const isOfOriginal = incarnation === undefined;
    const kept = this.#kept(labels, annotations, spec);
    return kept === undefined ? { resource, isOfOriginal } : { resource, isOfOriginal, kept };
  }

  #kept(labels: Members, annotations: Members, spec: Members): KeptFields | undefined {
    const kept: KeptFields = {
      labels,
      annotations: without(annotations, this.#ownAnnotations),
      spec: without(spec, this.#ownSpec),
    };
    return Object.values(kept).every((members) => Object.keys(members).length === 0) ? undefined : kept;
  }
}

interface FileField {
  /** In the resource. */
  readonly name: string;
  /** In the spec of the file, or the name of the annotation. */
  readonly key: string;
  readonly isAnnotation: boolean;
  readonly field: Field;
}

function fileField(name: string, field: Field): FileField {
  const { file = documentPath(name, field)[0] ?? name } = field;
  return typeof file === 'string'
    ? { name, key: file, isAnnotation: false, field }
    : { name, key: file.annotation, isAnnotation: true, field };
}

function decodeField(
  { name, key, field }: FileField,
  members: Members,
  place: string,
): readonly (readonly [name: string, value: unknown])[] {
  const value = field.type.decode(members[key], place) ?? field.empty;
  if (value !== undefined) return [[name, value]];
  if (field.need === 'optional') return [];
  throw mustBe(place, field.type.wanted);
}

function readIdentifier(annotations: Members, key: string): string | undefined {
  const text = asOptionalText(annotations[key], `annotation ${key}`);
  if (text !== undefined && !IDENTIFIER.test(text)) {
    throw new FieldProblem(message('file.notIdentifier', { place: `annotation ${key}` }));
  }
  return text;
}
