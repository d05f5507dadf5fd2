import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, isObject, type JsonObject, type JsonValue, numberAt, objectAt, stringAt } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { isBeingDeleted, labelsOf, type StoredObject } from '../store/stored-object.ts';
import { podSuffix } from './pod-sets.ts';
import { isPodReady } from './pods.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const ENDPOINTS = builtinResource('', 'endpoints');
const SLICES = builtinResource('discovery.k8s.io', 'endpointslices');
const SERVICES = builtinResource('', 'services');

/** Keeps Endpoints and EndpointSlices of Services. Both carry the labels of the Service. */
export function startEndpointsController(cluster: ClusterState): void {
  const services = new Writer(cluster, SERVICES);
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, services, name));
  cluster.store.listen(({ resource, type, object, previous }) => {
    if (resource === 'services') {
      reconciler.enqueue(object.namespace, object.name);
    } else if (resource === 'pods' && (type === 'DELETED' || object.status !== previous?.status)) {
      const labels = labelsOf(object);
      for (const service of services.list(object.namespace)) {
        if (selects(service, labels)) reconciler.enqueue(service.namespace, service.name);
      }
    }
  });
}

function selects(service: StoredObject, labels: JsonObject): boolean {
  const selector = objectAt(service.body.value, 'spec', 'selector');
  return selector !== undefined && Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function reconcile(cluster: ClusterState, services: Writer, name: ObjectName): void {
  const endpoints = new Writer(cluster, ENDPOINTS);
  const service = services.find(name);
  if (service === undefined || isBeingDeleted(service)) {
    // Endpoints have no owner: the controller removes them. Slices are collected with their owner.
    endpoints.delete(name);
    return;
  }
  if (objectAt(service.body.value, 'spec', 'selector') === undefined) return;
  const pods = cluster.store
    .list('pods', name.namespace)
    .filter((pod) => !isBeingDeleted(pod) && selects(service, labelsOf(pod)) && address(pod) !== undefined);
  writeEndpoints(endpoints, service, pods);
  writeSlice(new Writer(cluster, SLICES), service, pods);
}

function address(pod: StoredObject): string | undefined {
  return stringAt(pod.status?.value, 'podIP');
}

function targetPort(port: JsonValue): number {
  return numberAt(port, 'targetPort') ?? numberAt(port, 'port') ?? 0;
}

function servicePorts(service: StoredObject): JsonObject[] {
  return arrayAt(service.body.value, 'spec', 'ports').map((port) => {
    const name = stringAt(port, 'name');
    return {
      ...(name === undefined ? {} : { name }),
      port: targetPort(port),
      protocol: stringAt(port, 'protocol') ?? 'TCP',
    };
  });
}

function podReference(pod: StoredObject): JsonObject {
  return { kind: 'Pod', name: pod.name, namespace: pod.namespace, uid: pod.uid };
}

function writeEndpoints(endpoints: Writer, service: StoredObject, pods: readonly StoredObject[]): void {
  const addresses = (ready: boolean): JsonObject[] =>
    pods.filter((pod) => isPodReady(pod) === ready).map((pod) => ({ ip: address(pod), targetRef: podReference(pod) }));
  const [ready, notReady] = [addresses(true), addresses(false)];
  const subset = {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
    ports: servicePorts(service),
  };
  const labels = { ...labelsOf(service), 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
  const subsets = pods.length === 0 ? {} : { subsets: [subset] };
  write(endpoints, service.namespace, { metadata: { name: service.name, labels }, ...subsets });
}

function writeSlice(slices: Writer, service: StoredObject, pods: readonly StoredObject[]): void {
  const endpoints = pods.map((pod) => {
    const ready = isPodReady(pod);
    const conditions = { ready, serving: ready, terminating: false };
    return { addresses: [address(pod) ?? ''], conditions, targetRef: podReference(pod) };
  });
  const labels = {
    ...labelsOf(service),
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    'kubernetes.io/service-name': service.name,
  };
  const owner = { apiVersion: 'v1', kind: 'Service', name: service.name, uid: service.uid, controller: true };
  const metadata = {
    name: `${service.name}-${podSuffix(service.name, 0)}`,
    labels,
    ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
  };
  write(slices, service.namespace, { metadata, addressType: 'IPv4', endpoints, ports: servicePorts(service) });
}

/** Creates the object, or brings the labels and content of the existing one to it. */
function write(writer: Writer, namespace: string, object: JsonObject): void {
  const metadata = objectAt(object, 'metadata') ?? {};
  const name = { namespace, name: stringAt(metadata, 'name') ?? '' };
  if (writer.find(name) === undefined) {
    writer.create(namespace, object);
    return;
  }
  writer.modify(name, ({ subsets: _subsets, ...existing }) => ({
    ...existing,
    ...object,
    metadata: { ...(isObject(existing['metadata']) ? existing['metadata'] : {}), ...metadata },
  }));
}
