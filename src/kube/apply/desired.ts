import { sha256 } from '../../base/hash.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import {
  isRecord,
  type KubeObject,
  objectKey,
  type ObjectOwner,
  ownershipLabels,
  referenceOf,
} from '../../kube-objects/kube-object.ts';
import { isScaledWorkload, scaledWorkloads, withDefaults } from '../../kube-objects/defaults.ts';
import type { FieldPath } from '../../kube-objects/field-path.ts';
import type { EncodedBody } from '../transport/transport.ts';
import { type ApplyPhase, applyPhaseOf, kindRank, type ResourceType } from '../../kube-objects/resource-types.ts';

/** An object that should be there, and what is needed to compare it cheaply. */
export interface DesiredObject {
  readonly reference: ObjectReference;
  readonly key: string;
  readonly phase: ApplyPhase;
  /** SHA-256 of what we apply. */
  readonly hash: string;
  /** Length of its JSON: large CRDs are the slow ones. */
  readonly size: number;
  /** With the labels of ownership. */
  readonly object: KubeObject;
  /** The object as JSON; what clusters have in common is serialized once, and a large one is not even copied. */
  json(): EncodedBody;
  /** Fields that the manifest leaves to their defaults, and that are wanted at these. */
  readonly defaulted: readonly FieldPath[];
  /** A namespace that is needed and not part of the component: used as it is when it exists. */
  readonly implicit: boolean;
}

/** The object's JSON before and after its labels; bytes when it is large. */
type SplitJson =
  | { readonly kind: 'text'; readonly before: string; readonly after: string }
  | { readonly kind: 'bytes'; readonly before: Uint8Array; readonly after: Uint8Array };

interface Content {
  readonly hash: string;
  readonly size: number;
  readonly object: KubeObject;
  readonly defaulted: readonly FieldPath[];
  /** Made when it is first sent. */
  json: SplitJson | undefined;
}

/** Rendered objects are shared by clusters and used again and again: their content is hashed once. */
const contents = new WeakMap<KubeObject, Content>();
/** The same for workloads whose replicas an autoscaler sets. */
const scaledContents = new WeakMap<KubeObject, Content>();

function contentOf(source: KubeObject, isScaled: boolean): Content {
  const cache = isScaled ? scaledContents : contents;
  const known = cache.get(source);
  if (known !== undefined) return known;
  const { object, filled } = withDefaults(source.kind === 'Secret' ? withEncodedData(source) : source, isScaled);
  const json = JSON.stringify(object); // in the order of its source: another order is applied once and changes nothing
  const content: Content = { hash: sha256(json), size: json.length, object, defaulted: filled, json: undefined };
  cache.set(source, content);
  return content;
}

/** `stringData` is write-only and could never be compared: it becomes `data`, as the server would do. */
function withEncodedData(secret: KubeObject): KubeObject {
  const { stringData, data, ...rest } = secret;
  if (!isRecord(stringData)) return secret;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...(isRecord(data) ? data : {}), ...Object.fromEntries(encoded) } };
}

export interface DesiredOptions {
  readonly implicit?: boolean;
  /** An autoscaler among the desired objects sets its replicas. */
  readonly isScaled?: boolean;
}

export function desiredObject(
  source: KubeObject,
  owner: ObjectOwner,
  component: string,
  { implicit = false, isScaled = false }: DesiredOptions = {},
): DesiredObject {
  const content = contentOf(source, isScaled);
  const { hash, size, object, defaulted } = content;
  const labels = { ...object.metadata.labels, ...ownershipLabels(owner, component) };
  const reference = referenceOf(object);
  return {
    reference,
    key: objectKey(reference),
    phase: applyPhaseOf(reference),
    hash: sha256(`${hash} ${owner.installation} ${owner.incarnation} ${component}`),
    size,
    object: { ...object, metadata: { ...object.metadata, labels } },
    json: () => jsonWithLabels(content, labels),
    defaulted,
    implicit,
  };
}

/** Stands for the labels in the JSON that is kept. */
const LABELS_PLACEHOLDER = 'labels-of-5d0c6f0e-7a52-4b0c-9a5e-2f4f4b1c8e11';

/** From this length on, what many clusters are sent is kept as bytes and put together on the wire only. */
const LARGE = 32 * 1024;

function jsonWithLabels(content: Content, labels: Readonly<Record<string, string>>): EncodedBody {
  content.json ??= splitAtLabels(content);
  const { json } = content;
  const own = JSON.stringify(labels);
  return json.kind === 'text' ? json.before + own + json.after : [json.before, Buffer.from(own), json.after];
}

function splitAtLabels({ object, size }: Content): SplitJson {
  const metadata = { ...object.metadata, labels: LABELS_PLACEHOLDER };
  const [before = '', after = ''] = JSON.stringify({ ...object, metadata }).split(`"${LABELS_PLACEHOLDER}"`);
  if (size < LARGE) return { kind: 'text', before, after };
  return { kind: 'bytes', before: Buffer.from(before), after: Buffer.from(after) };
}

/** The object as its kind is served: a namespace on a cluster-scoped object would be refused. */
export function asServed(desired: DesiredObject, type: ResourceType): DesiredObject {
  if (type.namespaced || desired.reference.namespace === '') return desired;
  const { namespace: _, ...metadata } = desired.object.metadata;
  const reference = { ...desired.reference, namespace: '' };
  const object = { ...desired.object, metadata };
  return { ...desired, reference, key: objectKey(reference), object, json: () => JSON.stringify(object) };
}

const PHASE_RANK: Readonly<Record<ApplyPhase, number>> = { namespace: 0, definition: 1, regular: 2, gate: 3 };

/** Order of application: by phase; large CRDs before small ones, what others refer to before those. */
export function byApplyOrder(left: DesiredObject, right: DesiredObject): number {
  if (left.phase !== right.phase) return PHASE_RANK[left.phase] - PHASE_RANK[right.phase];
  if (left.phase === 'definition') return right.size - left.size;
  return kindRank(left.reference.kind) - kindRank(right.reference.kind) || (left.key < right.key ? -1 : 1);
}

/** A component as it is to be on a cluster. */
export interface DesiredComponent {
  readonly component: string;
  readonly owner: ObjectOwner;
  readonly namespaces: readonly string[];
  readonly objects: readonly KubeObject[];
}

/** What makes up a component, in the order of application; with the namespaces that it needs and does not bring. */
export function desiredObjects({ objects, namespaces, owner, component }: DesiredComponent): DesiredObject[] {
  const scaled = scaledWorkloads(objects);
  const listed = objects.map((object) =>
    desiredObject(object, owner, component, { isScaled: isScaledWorkload(object, scaled) }),
  );
  const present = new Set(listed.map(({ key }) => key));
  const implicit = namespaces
    .map((name): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
    .map((object) => desiredObject(object, owner, component, { implicit: true }))
    .filter(({ key }) => !present.has(key));
  return [...implicit, ...listed].sort(byApplyOrder);
}
