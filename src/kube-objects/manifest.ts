import type { Message } from '../messages/text.ts';
import { message } from '../messages/message.ts';
import { NautesError } from '../errors/errors.ts';
import { yamlProblem } from '../errors/yaml-problem.ts';
import { parseYamlDocuments, YamlError } from '../base/yaml.ts';
import {
  groupOf,
  isRecord,
  type KubeObject,
  listAt,
  objectKey,
  referenceOf,
  textAt,
  withoutNulls,
} from './kube-object.ts';

/** Larger manifests are refused; the largest known one of a component has 2 MB. */
export const MAXIMUM_MANIFEST_BYTES = 16 * 1024 * 1024;
export const MAXIMUM_MANIFEST_OBJECTS = 5_000;

/** Fields that a server sets and that must not be applied. */
const SERVER_METADATA = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/**
 * The objects of a manifest (YAML documents or JSON) in their order: lists flattened, nulls and what only a server sets
 * (status, uid, …) left out.
 * @throws NautesError `ManifestInvalid` with the number of the document; content is not shown
 */
export function parseManifest(content: string | Uint8Array): KubeObject[] {
  if (content.length > MAXIMUM_MANIFEST_BYTES)
    throw invalid(message('ManifestInvalid.tooLarge', { maximum: MAXIMUM_MANIFEST_BYTES }));
  const text = typeof content === 'string' ? content : decode(content);
  const objects = documentsOf(text).flatMap((document, index) =>
    objectsOf(document, message('Place.document', { number: index + 1 })),
  );
  if (objects.length > MAXIMUM_MANIFEST_OBJECTS) {
    throw invalid(message('ManifestInvalid.tooMany', { maximum: MAXIMUM_MANIFEST_OBJECTS }));
  }
  return objects;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(message('ManifestInvalid.notUtf8'));
  }
}

function documentsOf(text: string): unknown[] {
  try {
    return parseYamlDocuments(text);
  } catch (error) {
    if (error instanceof YamlError) throw invalid(message('ManifestInvalid.notYaml', { problem: yamlProblem(error) }));
    throw error;
  }
}

function objectsOf(document: unknown, place: Message): KubeObject[] {
  if (!isRecord(document)) throw invalid(message('ManifestInvalid.notObject', { place }));
  const isList = textAt(document, 'kind').endsWith('List') && Array.isArray(document['items']);
  if (!isList) return [toObject(document, place)];
  return listAt(document, 'items').flatMap((item, index) =>
    objectsOf(item, message('Place.item', { place, number: index + 1 })),
  );
}

function toObject(document: Readonly<Record<string, unknown>>, place: Message): KubeObject {
  const missing = ['apiVersion', 'kind'].find((field) => textAt(document, field) === '');
  if (missing !== undefined) throw invalid(message('ManifestInvalid.missing', { place, field: missing }));
  if (textAt(document, 'metadata', 'name') === '') {
    throw invalid(message('ManifestInvalid.missing', { place, field: 'metadata.name' }));
  }
  const { status: _, metadata, ...rest } = document;
  const kept = Object.entries(metadata as object).filter(([field]) => !SERVER_METADATA.has(field));
  return withoutNulls({ ...rest, metadata: Object.fromEntries(kept) }) as KubeObject;
}

function invalid(problem: Message): NautesError {
  return new NautesError('ManifestInvalid', { problem });
}

/** @throws NautesError `ManifestInvalid` when two of the objects are the same one */
export function refuseDuplicates(objects: readonly KubeObject[]): void {
  const seen = new Set<string>();
  for (const object of objects) {
    const key = objectKey(referenceOf(object));
    if (seen.has(key))
      throw invalid(message('ManifestInvalid.twice', { object: `${object.kind} ${object.metadata.name}` }));
    seen.add(key);
  }
}

/** Cluster-scoped kinds of Kubernetes itself, by group. */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
};

/**
 * The objects, those of namespaced kinds that name no namespace in the one given. Which kinds are namespaced is known
 * for Kubernetes itself and for the CRDs among the objects; any other kind is taken for namespaced, and the namespace
 * is dropped again when the cluster says otherwise.
 */
export function withDefaultNamespace(objects: readonly KubeObject[], namespace: string): KubeObject[] {
  const isClusterScoped = clusterScopedKinds(objects);
  return objects.map((object) => {
    if (object.metadata.namespace !== undefined || isClusterScoped(object)) return object;
    return { ...object, metadata: { ...object.metadata, namespace } };
  });
}

function clusterScopedKinds(objects: readonly KubeObject[]): (object: KubeObject) => boolean {
  const defined = new Set(
    objects
      .filter((object) => object.kind === 'CustomResourceDefinition' && textAt(object, 'spec', 'scope') === 'Cluster')
      .map((object) => `${textAt(object, 'spec', 'group')}/${textAt(object, 'spec', 'names', 'kind')}`),
  );
  return ({ apiVersion, kind }) => {
    const group = groupOf(apiVersion);
    return CLUSTER_SCOPED[group]?.includes(kind) === true || defined.has(`${group}/${kind}`);
  };
}
