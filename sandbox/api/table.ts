import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
  valueAt,
} from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';

/** A column of what `kubectl get` prints. Priority 1 is shown with `-o wide` only. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly priority: number;
  readonly cell: (object: JsonObject) => JsonValue;
}

function column(name: string, cell: (object: JsonObject) => JsonValue, type = 'string', priority = 0): Column {
  return { name, type, priority, cell };
}

const NAME = column('Name', (object) => stringAt(object, 'metadata', 'name') ?? '');
const AGE = column('Age', (object) => age(stringAt(object, 'metadata', 'creationTimestamp')));

const UNITS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
];

function age(created: string | undefined): string {
  if (created === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(created)) / 1000));
  const unit = UNITS.find(([length]) => seconds >= 2 * length);
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit[0])}${unit[1]}`;
}

function count(...path: string[]): (object: JsonObject) => JsonValue {
  return (object) => numberAt(object, ...path) ?? 0;
}

function text(...path: string[]): (object: JsonObject) => JsonValue {
  return (object) => {
    const value = valueAt(object, ...path);
    if (value === undefined || value === null || value === '') return '<none>';
    return typeof value === 'object' ? JSON.stringify(value) : value;
  };
}

function keys(...path: string[]): (object: JsonObject) => JsonValue {
  return (object) => Object.keys(objectAt(object, ...path) ?? {}).length;
}

function ratio(ready: string, wanted: readonly string[]): (object: JsonObject) => JsonValue {
  return (object) => `${numberAt(object, 'status', ready) ?? 0}/${numberAt(object, ...wanted) ?? 0}`;
}

function podReady(object: JsonObject): JsonValue {
  const statuses = arrayAt(object, 'status', 'containerStatuses');
  const ready = statuses.filter((status) => isObject(status) && status['ready'] === true).length;
  return `${ready}/${arrayAt(object, 'spec', 'containers').length}`;
}

function podStatus(object: JsonObject): JsonValue {
  if (stringAt(object, 'metadata', 'deletionTimestamp') !== undefined) return 'Terminating';
  const waiting = arrayAt(object, 'status', 'containerStatuses')
    .map((status) => stringAt(status, 'state', 'waiting', 'reason'))
    .find((reason) => reason !== undefined);
  const phase = stringAt(object, 'status', 'phase') ?? 'Unknown';
  return waiting ?? (phase === 'Succeeded' ? 'Completed' : phase);
}

function servicePorts(object: JsonObject): JsonValue {
  const ports = arrayAt(object, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort');
    return `${numberAt(port, 'port')}${node === undefined ? '' : `:${node}`}/${stringAt(port, 'protocol') ?? 'TCP'}`;
  });
  return ports.length === 0 ? '<none>' : ports.join(',');
}

function externalAddress(object: JsonObject): JsonValue {
  const [ingress] = arrayAt(object, 'status', 'loadBalancer', 'ingress');
  const address = stringAt(ingress, 'ip') ?? stringAt(ingress, 'hostname');
  if (address !== undefined) return address;
  return stringAt(object, 'spec', 'type') === 'LoadBalancer' ? '<pending>' : '<none>';
}

function nodeStatus(object: JsonObject): JsonValue {
  const ready = arrayAt(object, 'status', 'conditions').find((one) => stringAt(one, 'type') === 'Ready');
  return stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
}

function condition(type: string): (object: JsonObject) => JsonValue {
  return (object) => {
    const found = arrayAt(object, 'status', 'conditions').find((one) => stringAt(one, 'type') === type);
    const status = stringAt(found, 'status') ?? 'Unknown';
    return status === 'True' ? status : `${status} (${stringAt(found, 'reason') ?? ''})`;
  };
}

/** Columns between name and age, by `<kind>.<group>`. */
const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  'Namespace.': [column('Status', text('status', 'phase'))],
  'Node.': [
    column('Status', nodeStatus),
    column('Roles', () => '<none>'),
    column('Version', text('status', 'nodeInfo', 'kubeletVersion')),
  ],
  'Pod.': [
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', () => 0, 'integer'),
    column('IP', text('status', 'podIP'), 'string', 1),
    column('Node', text('spec', 'nodeName'), 'string', 1),
  ],
  'ConfigMap.': [column('Data', keys('data'), 'integer')],
  'Secret.': [column('Type', text('type')), column('Data', keys('data'), 'integer')],
  'Service.': [
    column('Type', text('spec', 'type')),
    column('Cluster-IP', text('spec', 'clusterIP')),
    column('External-IP', externalAddress),
    column('Port(s)', servicePorts),
  ],
  'PersistentVolumeClaim.': [column('Status', text('status', 'phase')), column('Volume', text('spec', 'volumeName'))],
  'PersistentVolume.': [column('Status', text('status', 'phase'))],
  'Event.': [column('Type', text('type')), column('Reason', text('reason')), column('Message', text('message'))],
  'Deployment.apps': [
    column('Ready', ratio('readyReplicas', ['spec', 'replicas'])),
    column('Up-to-date', count('status', 'updatedReplicas'), 'integer'),
    column('Available', count('status', 'availableReplicas'), 'integer'),
  ],
  'StatefulSet.apps': [column('Ready', ratio('readyReplicas', ['spec', 'replicas']))],
  'ReplicaSet.apps': [
    column('Desired', count('spec', 'replicas'), 'integer'),
    column('Current', count('status', 'replicas'), 'integer'),
    column('Ready', count('status', 'readyReplicas'), 'integer'),
  ],
  'DaemonSet.apps': [
    column('Desired', count('status', 'desiredNumberScheduled'), 'integer'),
    column('Current', count('status', 'currentNumberScheduled'), 'integer'),
    column('Ready', count('status', 'numberReady'), 'integer'),
  ],
  'Job.batch': [column('Completions', ratio('succeeded', ['spec', 'completions']))],
  'CustomResourceDefinition.apiextensions.k8s.io': [
    column('Created At', (object) => stringAt(object, 'metadata', 'creationTimestamp') ?? ''),
  ],
  'APIService.apiregistration.k8s.io': [
    column('Service', (object) => {
      const service = objectAt(object, 'spec', 'service');
      return service === undefined ? 'Local' : `${stringAt(service, 'namespace')}/${stringAt(service, 'name')}`;
    }),
    column('Available', condition('Available')),
  ],
  'ClusterRoleBinding.rbac.authorization.k8s.io': [
    column('Role', (object) => `${stringAt(object, 'roleRef', 'kind')}/${stringAt(object, 'roleRef', 'name')}`),
  ],
  'RoleBinding.rbac.authorization.k8s.io': [
    column('Role', (object) => `${stringAt(object, 'roleRef', 'kind')}/${stringAt(object, 'roleRef', 'name')}`),
  ],
};

/** Simple paths of printer columns only (`.spec.a.b`); any other shows nothing. */
const SIMPLE_PATH = /^\.?[A-Za-z0-9_.-]+$/;

function columnsOf(resource: ResourceDefinition): readonly Column[] {
  const custom = (resource.custom?.printerColumns ?? [])
    .filter((printer) => SIMPLE_PATH.test(printer.jsonPath) && printer.name !== 'Age')
    .map((printer) => {
      const path = printer.jsonPath.split('.').filter((part) => part !== '');
      return column(printer.name, (object) => valueAt(object, ...path) ?? '', printer.type);
    });
  const own = COLUMNS[`${resource.kind}.${resource.group}`] ?? custom;
  return [NAME, ...own, AGE];
}

/** `meta.k8s.io/v1` Table, as requested by `kubectl get`. */
export function table(
  resource: ResourceDefinition,
  objects: readonly JsonObject[],
  metadata: JsonObject,
  includeObject: string,
): JsonObject {
  const columns = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority,
    })),
    rows: objects.map((object) => ({
      cells: columns.map(({ cell }) => cell(object)),
      ...(includeObject === 'None' ? {} : { object: includeObject === 'Object' ? object : partial(object) }),
    })),
  };
}

/** Type and metadata only. */
export function partial(object: JsonObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] };
}
