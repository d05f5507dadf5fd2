import { NautesError } from '../../errors/errors.ts';
import { parseYaml, stringifyYaml, YamlError } from '../../base/yaml.ts';
import type { Cluster, ClusterResource, ClusterSpec, ComponentChoice, ComponentsList } from './cluster.ts';
import { componentCategories } from './cluster.ts';
import { originalIncarnation, ownIncarnation } from './incarnation.ts';
import { clusterNameProblem, isNamespaceName } from './names.ts';

/** A larger file of a cluster is not read; an ordinary one has about 1.5 KB. */
export const MAXIMUM_CLUSTER_FILE_BYTES = 64 * 1024;

const API_VERSION = 'nautes.resource.nautes.io/v1alpha1';
const KIND = 'Cluster';

/** Annotations that carry what the `Cluster` kind of the original has no field for. */
const INCARNATION = 'cluster.nautes.io/incarnation';
const CREDENTIAL_VERSION = 'cluster.nautes.io/credential-version';
const ROTATION_REQUEST = 'cluster.nautes.io/rotation-request';
const KUBERNETES_UID = 'cluster.nautes.io/kubernetes-uid';
const VCLUSTER_NODE_PORT = 'cluster.nautes.io/vcluster-node-port';
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  INCARNATION,
  CREDENTIAL_VERSION,
  ROTATION_REQUEST,
  KUBERNETES_UID,
  VCLUSTER_NODE_PORT,
]);

const OWN_SPEC_FIELDS: ReadonlySet<string> = new Set([
  'apiServer',
  'clusterKind',
  'clusterType',
  'usage',
  'hostCluster',
  'primaryDomain',
  'workerType',
  'componentsList',
  'reservedNamespacesAllowedProducts',
  'productAllowedClusterResources',
]);

/** Ids become label values and parts of paths: the alphabet of a Kubernetes label value. */
const IDENTIFIER = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * What other people or newer versions put into a file and a save leaves there: labels, annotations that are
 * not ours, unknown fields of the spec. Comments, `status` and unknown fields elsewhere go with the next save.
 */
export interface KeptFields {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface ClusterFile {
  readonly cluster: Cluster;
  /** Absent when the file holds nothing but ours. */
  readonly kept?: KeptFields;
}

/** The file of a cluster: keys sorted, empty fields left out, so that equal clusters give equal bytes. */
export function clusterToFile(cluster: Cluster, namespace: string, kept?: KeptFields): string {
  const { spec } = cluster;
  const annotations = {
    ...kept?.annotations,
    [INCARNATION]: cluster.incarnation,
    [CREDENTIAL_VERSION]: cluster.credentialVersion,
    [ROTATION_REQUEST]: cluster.rotationRequest,
    [KUBERNETES_UID]: cluster.kubernetesUid,
    [VCLUSTER_NODE_PORT]: spec.vclusterNodePort?.toString(),
  };
  const object = {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: compact({ annotations: compact(annotations), labels: kept?.labels, name: cluster.name, namespace }),
    spec: compact({
      ...kept?.spec,
      apiServer: spec.apiServer,
      clusterKind: spec.clusterKind,
      clusterType: spec.clusterType,
      usage: spec.usage,
      hostCluster: spec.hostCluster,
      primaryDomain: spec.primaryDomain,
      workerType: spec.workerType,
      componentsList: record(
        Object.entries(spec.components).map(([category, choice]) => [category, compact({ ...choice })]),
      ),
      reservedNamespacesAllowedProducts: spec.reservedNamespacesAllowedProducts,
      productAllowedClusterResources: spec.productAllowedClusterResources,
    }),
  };
  return stringifyYaml(sorted(object));
}

/**
 * The cluster of a file.
 * @throws NautesError `ClusterFileInvalid`; the message names the field and holds nothing of its content.
 */
export function clusterFromFile(name: string, text: string): Cluster {
  return readClusterFile(name, text).cluster;
}

/**
 * The cluster of a file with what else a save has to leave in it.
 *
 * Files of the original are understood: they have no annotations of ours, but `creationTimestamp` and `status`.
 * Their incarnation follows from the name alone. An address that is corrected by hand must not look like
 * another registration, which would off-board the cluster; the first save writes the incarnation down.
 * @throws NautesError `ClusterFileInvalid`, as {@link clusterFromFile}
 */
export function readClusterFile(name: string, text: string): ClusterFile {
  try {
    if (Buffer.byteLength(text) > MAXIMUM_CLUSTER_FILE_BYTES) {
      throw new FieldProblem(`it is larger than ${MAXIMUM_CLUSTER_FILE_BYTES} bytes`);
    }
    return readObject(name, asObject(parseYaml(text), 'the document'));
  } catch (error) {
    if (!(error instanceof FieldProblem || error instanceof YamlError)) throw error;
    throw new NautesError('ClusterFileInvalid', { name, problem: error.message });
  }
}

/** Why a file cannot be understood, without anything of its content. */
class FieldProblem extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function readObject(name: string, root: Fields): ClusterFile {
  if (root.apiVersion !== API_VERSION) throw new FieldProblem(`apiVersion must be ${API_VERSION}`);
  if (root.kind !== KIND) throw new FieldProblem(`kind must be ${KIND}`);
  const metadata = asObject(root.metadata, 'metadata');
  if (metadata.name !== name) throw new FieldProblem('metadata.name must be the name of the file without .yaml');
  const annotations = asOptionalObject(metadata.annotations, 'metadata.annotations');
  const labels = asOptionalObject(metadata.labels, 'metadata.labels');
  const spec = asObject(root.spec, 'spec');

  const written = readIdentifier(annotations, INCARNATION);
  const credentialVersion = readIdentifier(annotations, CREDENTIAL_VERSION);
  const rotationRequest = readIdentifier(annotations, ROTATION_REQUEST);
  const kubernetesUid = readIdentifier(annotations, KUBERNETES_UID);
  const cluster: Cluster = {
    name,
    incarnation: written === undefined ? originalIncarnation(name) : ownIncarnation(name, written),
    ...(credentialVersion !== undefined && { credentialVersion }),
    ...(rotationRequest !== undefined && { rotationRequest }),
    ...(kubernetesUid !== undefined && { kubernetesUid }),
    spec: readSpec(spec, annotations, written === undefined),
  };
  const kept = keptFields(labels, annotations, spec);
  return kept === undefined ? { cluster } : { cluster, kept };
}

function readSpec(spec: Fields, annotations: Fields, isOfOriginal: boolean): ClusterSpec {
  const apiServer = readApiServer(spec.apiServer);
  const clusterType = oneOf(spec.clusterType, ['physical', 'virtual'], 'spec.clusterType');
  const hostCluster = asOptionalText(spec.hostCluster, 'spec.hostCluster');
  if (hostCluster !== undefined && clusterNameProblem(hostCluster) !== undefined) {
    throw new FieldProblem('spec.hostCluster is not a cluster name');
  }
  const workerType =
    asOptionalText(spec.workerType, 'spec.workerType') === undefined
      ? undefined
      : oneOf(spec.workerType, ['deployment', 'pipeline'], 'spec.workerType');
  const port = readNodePort(annotations) ?? originalNodePort(isOfOriginal && clusterType === 'virtual', apiServer);
  return {
    apiServer,
    clusterKind: oneOf(spec.clusterKind, ['kubernetes'], 'spec.clusterKind'),
    clusterType,
    usage: oneOf(spec.usage, ['host', 'worker'], 'spec.usage'),
    ...(hostCluster !== undefined && { hostCluster }),
    primaryDomain: asOptionalText(spec.primaryDomain, 'spec.primaryDomain') ?? '',
    ...(workerType !== undefined && { workerType }),
    ...(port !== undefined && { vclusterNodePort: port }),
    components: readComponents(spec.componentsList),
    reservedNamespacesAllowedProducts: readLists(
      spec.reservedNamespacesAllowedProducts,
      'spec.reservedNamespacesAllowedProducts',
      asText,
    ),
    productAllowedClusterResources: readLists(
      spec.productAllowedClusterResources,
      'spec.productAllowedClusterResources',
      readResource,
    ),
  };
}

/** `https://host[:port]`; a slash at the end, which people write, is taken off. */
function readApiServer(value: unknown): string {
  const text = asText(value, 'spec.apiServer').replace(/\/$/, '');
  if (!/^https:\/\/[^/?#@\\\s]+$/.test(text) || !URL.canParse(text)) {
    throw new FieldProblem('spec.apiServer must have the form https://host[:port]');
  }
  return text;
}

function readNodePort(annotations: Fields): number | undefined {
  const text = asOptionalText(annotations[VCLUSTER_NODE_PORT], `annotation ${VCLUSTER_NODE_PORT}`);
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new FieldProblem(`annotation ${VCLUSTER_NODE_PORT} is not a port`);
  return port;
}

/** The original kept the port of a virtual cluster nowhere but in its address. */
function originalNodePort(applies: boolean, apiServer: string): number | undefined {
  const port = applies ? new URL(apiServer).port : '';
  return port === '' ? undefined : Number(port);
}

function readIdentifier(annotations: Fields, key: string): string | undefined {
  const text = asOptionalText(annotations[key], `annotation ${key}`);
  if (text !== undefined && !IDENTIFIER.test(text)) throw new FieldProblem(`annotation ${key} is not an identifier`);
  return text;
}

/** Categories that we do not know are left out. */
function readComponents(value: unknown): ComponentsList {
  const list = asOptionalObject(value, 'spec.componentsList');
  const components: Record<string, ComponentChoice> = {};
  for (const category of componentCategories) {
    if (list[category] === undefined || list[category] === null) continue;
    components[category] = readComponent(list[category], `spec.componentsList.${category}`);
  }
  return components;
}

function readComponent(value: unknown, path: string): ComponentChoice {
  const component = asObject(value, path);
  const name = asText(component.name, `${path}.name`);
  const namespace = asText(component.namespace, `${path}.namespace`);
  if (!isNamespaceName(name)) throw new FieldProblem(`${path}.name is not the name of a component`);
  if (!isNamespaceName(namespace)) throw new FieldProblem(`${path}.namespace is not the name of a namespace`);
  const additions = Object.entries(asOptionalObject(component.additions, `${path}.additions`));
  return {
    name,
    namespace,
    additions: record(additions.map(([key, item]) => [key, asText(item, `${path}.additions`)])),
  };
}

function readLists<T>(value: unknown, path: string, read: (item: unknown, path: string) => T): Record<string, T[]> {
  const lists = Object.entries(asOptionalObject(value, path)).map(([key, items]): [string, T[]] => {
    if (!Array.isArray(items)) throw new FieldProblem(`${path} must hold lists`);
    return [key, items.map((item) => read(item, path))];
  });
  return record(lists.filter(([, items]) => items.length > 0));
}

function readResource(value: unknown, path: string): ClusterResource {
  const resource = asObject(value, path);
  return { kind: asText(resource.kind, `${path} kind`), group: asText(resource.group ?? '', `${path} group`) };
}

function keptFields(labels: Fields, annotations: Fields, spec: Fields): KeptFields | undefined {
  const kept: KeptFields = {
    labels,
    annotations: without(annotations, OWN_ANNOTATIONS),
    spec: without(spec, OWN_SPEC_FIELDS),
  };
  return Object.values(kept).every((fields) => Object.keys(fields).length === 0) ? undefined : kept;
}

function without(fields: Fields, keys: ReadonlySet<string>): Fields {
  return record(Object.entries(fields).filter(([key]) => !keys.has(key)));
}

function asObject(value: unknown, path: string): Fields {
  if (!isFields(value)) throw new FieldProblem(`${path} must be an object`);
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asOptionalObject(value: unknown, path: string): Fields {
  return value === undefined || value === null ? {} : asObject(value, path);
}

/** Text; a number or boolean that was written without quotes is taken as its text. */
function asText(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) return String(value);
  throw new FieldProblem(`${path} must be text`);
}

function asOptionalText(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return asText(value, path);
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], path: string): T {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw new FieldProblem(`${path} must be ${allowed.join(' or ')}`);
  return found;
}

/** Unlike an assignment this makes an ordinary property of `__proto__` too. */
function record<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries);
}

/** Keys sorted at every depth, `undefined` left out. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  return record(members.map(([key, member]) => [key, sorted(member)]));
}

/** The fields that say something: `undefined`, empty texts and empty maps left out. */
function compact(fields: Fields): Fields {
  return record(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  return isFields(value) && Object.keys(value).length === 0;
}
