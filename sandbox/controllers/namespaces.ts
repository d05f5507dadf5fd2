import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted } from '../store/stored-object.ts';
import { condition, truth } from './conditions.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const NAMESPACES = builtinResource('', 'namespaces');
const SERVICE_ACCOUNTS = builtinResource('', 'serviceaccounts');
const CONFIG_MAPS = builtinResource('', 'configmaps');
const ROOT_CA = 'kube-root-ca.crt';
/** How often terminating namespaces are checked. */
const POLL_MILLISECONDS = 250;

/** Creates the default objects of each namespace; empties and finalises deleted ones. */
export function startNamespaceController(cluster: ClusterState): void {
  const reconciler = new Reconciler(cluster, (object) => reconcile(cluster, object, reconciler));
  const defaults = new Reconciler(cluster, ({ name }) => createDefaults(cluster, name));
  cluster.store.listen((change) => {
    const { object, resource } = change;
    if (resource === 'namespaces' && change.type !== 'DELETED') {
      if (!isBeingDeleted(object)) defaults.enqueue('', object.name);
      else if (change.previous === undefined || !isBeingDeleted(change.previous)) {
        reconciler.enqueue('', object.name, cluster.behaviour.namespaceDelayMilliseconds);
      }
    } else if (change.type === 'DELETED' && (resource === 'serviceaccounts' || resource === 'configmaps')) {
      if (object.name === 'default' || object.name === ROOT_CA) defaults.enqueue('', object.namespace);
    }
  });
}

function createDefaults(cluster: ClusterState, name: string): void {
  const namespace = cluster.store.get('namespaces', '', name);
  if (namespace === undefined || isBeingDeleted(namespace)) return;
  const accounts = new Writer(cluster, SERVICE_ACCOUNTS);
  const maps = new Writer(cluster, CONFIG_MAPS);
  if (accounts.find({ namespace: name, name: 'default' }) === undefined) {
    accounts.create(name, { metadata: { name: 'default' } });
  }
  if (maps.find({ namespace: name, name: ROOT_CA }) === undefined) {
    maps.create(name, { metadata: { name: ROOT_CA }, data: { 'ca.crt': cluster.certificateAuthority } });
  }
}

/** Why a namespace is still terminating, as in its conditions. */
interface Hindrance {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

function reconcile(cluster: ClusterState, { name }: ObjectName, reconciler: Reconciler): void {
  const namespace = cluster.store.get('namespaces', '', name);
  if (namespace === undefined || !isBeingDeleted(namespace)) return;
  deleteContent(cluster, name);
  const hindrances = [...staleDiscovery(cluster), ...remainingContent(cluster, name)];
  new Writer(cluster, NAMESPACES).status({ namespace: '', name }, (object) => ({
    phase: 'Terminating',
    conditions: conditions(object, hindrances),
  }));
  if (hindrances.length > 0) {
    reconciler.enqueue('', name, POLL_MILLISECONDS);
    return;
  }
  cluster.timers.schedule(cluster.behaviour.namespaceDelayMilliseconds, () => finalize(cluster, name));
}

/** Removes the finalizer of the namespace itself. */
function finalize(cluster: ClusterState, name: string): void {
  const namespace = cluster.store.get('namespaces', '', name);
  if (namespace === undefined || !isBeingDeleted(namespace)) return;
  new Writer(cluster, NAMESPACES).modify({ namespace: '', name }, (object) => ({ ...object, spec: {} }), 'finalize');
}

function deleteContent(cluster: ClusterState, namespace: string): void {
  for (const qualified of cluster.store.resources()) {
    const resource = cluster.registry.findQualified(qualified);
    if (resource === undefined || !resource.namespaced) continue;
    for (const object of cluster.store.list(qualified, namespace)) {
      if (!isBeingDeleted(object)) cluster.objects.delete(resource, namespace, object.name);
    }
  }
}

/** An unavailable aggregated API blocks the deletion of every namespace. */
function staleDiscovery(cluster: ClusterState): Hindrance[] {
  const stale = cluster.store.list('apiservices.apiregistration.k8s.io').flatMap((object) => {
    if (objectAt(object.body.value, 'spec', 'service') === undefined) return [];
    const available = arrayAt(object.status?.value, 'conditions').find((one) => stringAt(one, 'type') === 'Available');
    if (stringAt(available, 'status') === 'True') return [];
    const spec = objectAt(object.body.value, 'spec');
    return [`${stringAt(spec, 'group')}/${stringAt(spec, 'version')}`];
  });
  if (stale.length === 0) return [];
  const list = stale.map((groupVersion) => `${groupVersion}: stale GroupVersion discovery: ${groupVersion}`).join(', ');
  const message = `Discovery failed for some groups, ${stale.length} failing: unable to retrieve the complete list of server APIs: ${list}`;
  return [{ type: 'NamespaceDeletionDiscoveryFailure', reason: 'DiscoveryFailed', message }];
}

/** The finalizer that a stuck namespace reports. */
const STUCK_FINALIZER = 'sandbox.example.com/hold';

function remainingContent(cluster: ClusterState, namespace: string): Hindrance[] {
  const kinds = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const qualified of cluster.store.resources()) {
    const resource = cluster.registry.findQualified(qualified);
    if (resource === undefined || !resource.namespaced) continue;
    for (const object of cluster.store.list(qualified, namespace)) {
      add(kinds, qualified);
      for (const finalizer of arrayAt(object.metadata.value, 'finalizers')) {
        if (typeof finalizer === 'string') add(finalizers, finalizer);
      }
    }
  }
  if (cluster.faults.isNamespaceStuck(namespace)) {
    add(kinds, 'holds.sandbox.example.com');
    add(finalizers, STUCK_FINALIZER);
  }
  if (kinds.size === 0) return [];
  const kindList = [...kinds].map(([kind, count]) => `${kind} has ${count} resource instances`).join(', ');
  const finalizerList = [...finalizers].map(([one, count]) => `${one} in ${count} resource instances`).join(', ');
  return [
    {
      type: 'NamespaceContentRemaining',
      reason: 'SomeResourcesRemain',
      message: `Some resources are remaining: ${kindList}`,
    },
    {
      type: 'NamespaceFinalizersRemaining',
      reason: 'SomeFinalizersRemain',
      message: `Some content in the namespace has finalizers remaining: ${finalizerList}`,
    },
  ];
}

/** Types of conditions with the reason and message they have when nothing is wrong. */
const FINE: readonly Hindrance[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
  { type: 'NamespaceContentRemaining', reason: 'ContentRemoved', message: 'All content successfully removed' },
  {
    type: 'NamespaceFinalizersRemaining',
    reason: 'ContentHasNoFinalizers',
    message: 'All content-preserving finalizers finished',
  },
];

function conditions(object: JsonObject, hindrances: readonly Hindrance[]): JsonObject[] {
  return FINE.map((fine) => {
    const hindrance = hindrances.find((one) => one.type === fine.type);
    return condition(object, { ...(hindrance ?? fine), status: truth(hindrance !== undefined) });
  });
}
