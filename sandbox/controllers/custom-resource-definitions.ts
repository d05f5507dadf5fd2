import { customSchema } from '../apply/custom-schema.ts';
import { DEDUCED } from '../apply/schema.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../base/json.ts';
import { INSTANCE_FINALIZER } from '../objects/object-deletion.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import type { InternedJson } from '../store/interning.ts';
import { isBeingDeleted, type StoredObject } from '../store/stored-object.ts';
import { condition, truth } from './conditions.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const DEFINITIONS = builtinResource('apiextensions.k8s.io', 'customresourcedefinitions');
const QUALIFIED = 'customresourcedefinitions.apiextensions.k8s.io';
const MANAGER = 'kube-apiserver';
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
/** How often a definition whose instances have finalizers is checked. */
const DELETION_POLL_MILLISECONDS = 100;

/** Definitions become established after a while and are served from then on; deleting one deletes its instances. */
export function startDefinitionController(cluster: ClusterState): void {
  const reconciler = new Reconciler(cluster, (object) => reconcile(cluster, object, reconciler));
  cluster.store.listen((change) => {
    if (change.resource !== QUALIFIED) return;
    const { object } = change;
    if (change.type === 'DELETED') stopServing(cluster, object.name);
    else if (isBeingDeleted(object)) reconciler.enqueue('', object.name);
    else if (change.type === 'ADDED')
      reconciler.enqueue('', object.name, cluster.behaviour.definitionDelayMilliseconds);
    else if (object.body !== change.previous?.body || cluster.faults.isDefinitionInterrupted(object.name))
      reconciler.enqueue('', object.name);
  });
}

function reconcile(cluster: ClusterState, { name }: ObjectName, reconciler: Reconciler): void {
  const stored = cluster.store.get(QUALIFIED, '', name);
  if (stored === undefined) return;
  if (isBeingDeleted(stored)) {
    finishDeletion(cluster, stored, reconciler);
    return;
  }
  const names = objectAt(stored.body.value, 'spec', 'names') ?? {};
  const clash = nameConflict(cluster, stored);
  const accepted = clash === undefined;
  const established = accepted && !isInterrupted(cluster, stored);
  new Writer(cluster, DEFINITIONS, MANAGER).status({ namespace: '', name }, (definition) => ({
    acceptedNames: accepted ? names : { plural: '', kind: '' },
    storedVersions: storedVersions(definition),
    conditions: [
      condition(definition, {
        type: 'NamesAccepted',
        status: truth(accepted),
        reason: clash?.reason ?? 'NoConflicts',
        message: clash?.message ?? 'no conflicts found',
      }),
      condition(definition, {
        type: 'Established',
        status: truth(established),
        reason: accepted ? (established ? 'InitialNamesAccepted' : 'Installing') : 'NotAccepted',
        message: accepted ? 'the initial names have been accepted' : 'not all names are accepted',
      }),
    ],
  }));
  if (established) cluster.registry.setCustom(name, servedVersions(stored));
}

/** As Kubernetes has it: the second step follows a change that the server sees, and there is none after its restart. */
function isInterrupted(cluster: ClusterState, { name, body, metadata }: StoredObject): boolean {
  if (!cluster.faults.isDefinitionInterrupted(name)) return false;
  const conditions = arrayAt(body.value, 'status', 'conditions');
  const isEstablished = conditions.some(
    (one) => stringAt(one, 'type') === 'Established' && stringAt(one, 'status') === 'True',
  );
  return !isEstablished && objectAt(metadata.value, 'annotations') === undefined;
}

interface NameConflict {
  readonly reason: string;
  readonly message: string;
}

/** A name that another definition of the same group has: resource names among themselves, kinds among themselves. */
function nameConflict(cluster: ClusterState, stored: StoredObject): NameConflict | undefined {
  const spec = objectAt(stored.body.value, 'spec');
  const own = namesIn(objectAt(spec, 'names') ?? {});
  const others = cluster.registry
    .custom()
    .filter(({ group, custom }) => group === stringAt(spec, 'group') && custom?.definition !== stored.name);
  const resources = new Set(others.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames]));
  const kinds = new Set(others.flatMap(({ kind, listKind }) => [kind, listKind]));
  const asked: readonly (readonly [reason: string, names: readonly string[], taken: ReadonlySet<string>])[] = [
    ['PluralConflict', [own.plural], resources],
    ['SingularConflict', [own.singular], resources],
    ['ShortNamesConflict', own.shortNames, resources],
    ['KindConflict', [own.kind], kinds],
    ['ListKindConflict', [own.listKind], kinds],
  ];
  for (const [reason, names, taken] of asked) {
    const clash = names.find((name) => taken.has(name));
    if (clash !== undefined) return { reason, message: `"${clash}" is already in use` };
  }
  return undefined;
}

type DefinedNames = Pick<ResourceDefinition, 'kind' | 'listKind' | 'plural' | 'singular' | 'shortNames' | 'categories'>;

function namesIn(names: JsonObject): DefinedNames {
  const kind = stringAt(names, 'kind') ?? '';
  const strings = (key: string): string[] => arrayAt(names, key).filter((value) => typeof value === 'string');
  return {
    kind,
    listKind: stringAt(names, 'listKind') ?? `${kind}List`,
    plural: stringAt(names, 'plural') ?? '',
    singular: stringAt(names, 'singular') ?? kind.toLowerCase(),
    shortNames: strings('shortNames'),
    categories: strings('categories'),
  };
}

function storedVersions(definition: JsonObject): string[] {
  const storage = arrayAt(definition, 'spec', 'versions').find(
    (version) => isObject(version) && version['storage'] === true,
  );
  const before = arrayAt(definition, 'status', 'storedVersions').filter((version) => typeof version === 'string');
  return [...new Set([...before, stringAt(storage, 'name') ?? ''])];
}

/** By content: clusters with the same definition share its compiled form. */
const served = new WeakMap<InternedJson, readonly ResourceDefinition[]>();

/** One resource for each served version, the storage version first. */
function servedVersions(stored: StoredObject): readonly ResourceDefinition[] {
  const known = served.get(stored.body);
  if (known !== undefined) return known;
  const versions = readServedVersions(stored);
  served.set(stored.body, versions);
  return versions;
}

function readServedVersions(stored: StoredObject): ResourceDefinition[] {
  const spec = objectAt(stored.body.value, 'spec') ?? {};
  const versions = arrayAt(spec, 'versions').filter(isObject);
  return versions
    .filter((version) => version['served'] === true)
    .toSorted((left, right) => Number(right['storage'] === true) - Number(left['storage'] === true))
    .map((version) => customResource(stored.name, spec, version));
}

function customResource(definition: string, spec: JsonObject, version: JsonObject): ResourceDefinition {
  const openApiSchema = objectAt(version, 'schema', 'openAPIV3Schema');
  return {
    ...namesIn(objectAt(spec, 'names') ?? {}),
    group: stringAt(spec, 'group') ?? '',
    version: stringAt(version, 'name') ?? '',
    namespaced: stringAt(spec, 'scope') === 'Namespaced',
    verbs: VERBS,
    subresources: new Set(Object.keys(objectAt(version, 'subresources') ?? {})),
    hasGeneration: true,
    get schema() {
      // Converted when it is first needed: most custom resources of a cluster are never written.
      return openApiSchema === undefined ? DEDUCED : customSchema(openApiSchema);
    },
    custom: {
      definition,
      openApiSchema,
      printerColumns: arrayAt(version, 'additionalPrinterColumns').map((column) => ({
        name: stringAt(column, 'name') ?? '',
        jsonPath: stringAt(column, 'jsonPath') ?? '',
        type: stringAt(column, 'type') ?? 'string',
      })),
    },
  };
}

function stopServing(cluster: ClusterState, name: string): void {
  cluster.registry.setCustom(name, []);
  cluster.initializedStorage.delete(name);
}

/** Deletes the instances; the definition is gone when they are. */
function finishDeletion(cluster: ClusterState, stored: StoredObject, reconciler: Reconciler): void {
  const resource = cluster.registry.findQualified(stored.name);
  const instances = resource === undefined ? [] : cluster.objects.list(resource, '');
  if (resource !== undefined) {
    for (const instance of instances) {
      if (!isBeingDeleted(instance)) cluster.objects.delete(resource, instance.namespace, instance.name);
    }
  }
  const remaining = resource === undefined ? 0 : cluster.objects.list(resource, '').length;
  const writer = new Writer(cluster, DEFINITIONS, MANAGER);
  const name = { namespace: '', name: stored.name };
  if (remaining > 0) {
    writer.status(name, terminating);
    reconciler.enqueue('', stored.name, DELETION_POLL_MILLISECONDS);
    return;
  }
  writer.modify(name, (definition) => {
    const finalizers = arrayAt(definition, 'metadata', 'finalizers').filter((one) => one !== INSTANCE_FINALIZER);
    return { ...definition, metadata: { ...objectAt(definition, 'metadata'), finalizers } };
  });
}

function terminating(definition: JsonObject): JsonObject {
  const others = arrayAt(definition, 'status', 'conditions').filter((one) => stringAt(one, 'type') !== 'Terminating');
  const state = condition(definition, {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionInProgress',
    message: 'CustomResource deletion is in progress',
  });
  return { ...objectAt(definition, 'status'), conditions: [...others, state] };
}
