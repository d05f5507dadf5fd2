import { annotationFields, documentPath, type ResourceKind, shownFields } from '../../resources/kind.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { componentCategories, wireCategories } from '../../resources/cluster/components.ts';
import { snakeCase } from '../../resources/document-field.ts';
import { withoutRedacted } from './redacted.ts';

type Members = Readonly<Record<string, unknown>>;

/** What a document says, whatever its form. */
export interface DocumentContent {
  /** Its field `kind`, if it has one. */
  readonly kind: unknown;
  readonly spec: unknown;
  /** Which names its fields have: those of files, or those of the API. */
  readonly names: 'yaml' | 'json';
  /** Paths of fields that a save does not have and that the server or its controllers write. */
  readonly readOnly: ReadonlySet<string>;
}

/** The items of a list as `get` prints one: a list, or an object with `items`. `undefined` for one object. */
export function itemsOf(content: unknown): readonly unknown[] | undefined {
  if (Array.isArray(content)) return content;
  if (!isMembers(content) || content['spec'] !== undefined) return undefined;
  return Array.isArray(content['items']) ? content['items'] : undefined;
}

/** Whether it is the list of files that Argo CD and kustomize read in the configuration repository. */
export function isKustomization(content: unknown): boolean {
  if (!isMembers(content)) return false;
  const { apiVersion, kind } = content;
  return (
    kind === 'Kustomization' && typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.config.k8s.io/')
  );
}

/** The name of a cluster that `get` prints without a registration: its file is invalid, or it is being deleted. */
export function nameWithoutRegistration(content: Members): string | undefined {
  const { name, status, kind, spec } = content;
  const isAlone = kind === undefined && spec === undefined && status !== undefined && !isPrintedCluster(content);
  return isAlone && typeof name === 'string' ? name : undefined;
}

/** What the document says: a cluster as `get` prints it, its file in the configuration repository, or a document. */
export function contentOf(content: Members): DocumentContent {
  const { kind, spec } = content;
  if (isPrintedCluster(content)) {
    return { kind: clusterKind.kind, spec: withoutRedacted(content), names: 'json', readOnly: READ_ONLY_IN_REPLIES };
  }
  const fileSpec = kind === clusterKind.kind ? specOfFile(clusterKind, content) : undefined;
  if (fileSpec !== undefined) return { kind, spec: fileSpec, names: 'yaml', readOnly: READ_ONLY_IN_FILES };
  return { kind, spec, names: 'yaml', readOnly: new Set() };
}

/** A text as YAML documents: JSON objects one after the other, as commands print several, get something between them. */
export function asDocuments(text: string): string {
  const plain = text.replace(/^\uFEFF/, '');
  return /^\s*\{/.test(plain) ? plain.replaceAll(/\}\r?\n\{/g, '}\n---\n{') : plain;
}

/** The cluster whose events stand at the path, as the answers to a save and a deletion name it. */
export function nameInPath(path: unknown): string | undefined {
  const [, name] = typeof path === 'string' ? (/^\/api\/v1\/clusters\/([^/]+)\/events$/.exec(path) ?? []) : [];
  return name === undefined ? undefined : decodeURIComponent(name);
}

/** A plan as `apply --dry-run=server` prints it: the file that it would commit, or why there is none. */
export function fileOfPlan(content: Members): { readonly name: string; readonly file: string } | undefined {
  const { name, diff, file } = content;
  const isPlan = typeof name === 'string' && Array.isArray(diff) && typeof file === 'string';
  return isPlan ? { name, file } : undefined;
}

/** The name of a cluster of which something was printed that is no registration: a receipt, a status, an answer. */
export function nameOnly(content: Members): string | undefined {
  const { kind, spec, cluster, name, conditions, lost, events } = content;
  if (kind !== undefined || spec !== undefined) return undefined;
  if (typeof cluster === 'string') return cluster;
  if (typeof name === 'string') return conditions !== undefined || lost !== undefined ? name : undefined;
  return nameInPath(events);
}

/** Members of a printed cluster that belong to no other kind. */
const MARKS = ['api_server', 'components_list'];

function isPrintedCluster(content: Members): boolean {
  const { kind, spec, name } = content;
  return kind === undefined && spec === undefined && typeof name === 'string' && MARKS.some((key) => key in content);
}

const READ_ONLY_IN_REPLIES: ReadonlySet<string> = new Set([
  'status',
  ...shownFields(clusterKind.fields)
    .filter(([, { use }]) => use === 'shown')
    .map(([name]) => snakeCase(name)),
]);

const chosen: ReadonlySet<string> = new Set(Object.values(wireCategories));

/** Components that the server chooses. */
const READ_ONLY_IN_FILES: ReadonlySet<string> = new Set(
  componentCategories.filter((category) => !chosen.has(category)).map((category) => `spec.componentsList.${category}`),
);

/**
 * The spec of a file of the configuration repository in the form of a document: the name is in its metadata, and some
 * fields are annotations. `undefined` where the spec has the name, as in a document.
 */
function specOfFile(kind: ResourceKind, { metadata, spec }: Members): Members | undefined {
  if (!isMembers(metadata) || typeof metadata['name'] !== 'string' || !isMembers(spec) || 'name' in spec)
    return undefined;
  const annotations = isMembers(metadata['annotations']) ? metadata['annotations'] : {};
  const members: Record<string, unknown> = { ...spec, name: metadata['name'] };
  for (const { name, field, annotation } of annotationFields(kind)) {
    const text = annotations[annotation];
    if (typeof text !== 'string') continue;
    const value = field.type.document.kind === 'list' ? text.split(/[\s,]+/).filter(Boolean) : text;
    const [key = name, inner] = documentPath(name, field);
    members[key] = inner === undefined ? value : { [inner]: value };
  }
  return members;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
