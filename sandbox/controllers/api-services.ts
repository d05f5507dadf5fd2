import { hasReadyEndpoints } from '../admission/webhooks.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt, stringsOf } from '../base/json.ts';
import { builtinResource } from '../resources/builtin-resources.ts';
import { condition, type ConditionState } from './conditions.ts';
import { type ObjectName, Reconciler } from './reconciler.ts';
import { Writer } from './write.ts';

const QUALIFIED = 'apiservices.apiregistration.k8s.io';
const API_SERVICES = builtinResource('apiregistration.k8s.io', 'apiservices');

/** An APIService is available when its Service has ready endpoints. */
export function startApiServiceController(cluster: ClusterState): void {
  const writer = new Writer(cluster, API_SERVICES, 'kube-apiserver');
  const reconciler = new Reconciler(cluster, (name) => reconcile(cluster, writer, name));
  cluster.store.listen(({ resource, type, object, previous }) => {
    if (resource === QUALIFIED) {
      if (type !== 'DELETED' && object.body !== previous?.body) reconciler.enqueue('', object.name);
    } else if (resource === 'endpoints' || resource === 'services') {
      for (const service of writer.list('')) reconciler.enqueue('', service.name);
    }
  });
}

function reconcile(cluster: ClusterState, writer: Writer, name: ObjectName): void {
  const stored = writer.find(name);
  if (stored === undefined) return;
  const state = availability(cluster, objectAt(stored.body.value, 'spec', 'service'));
  writer.status(name, (object) => ({ conditions: [condition(object, { type: 'Available', ...state })] }));
}

function availability(cluster: ClusterState, reference: JsonObject | undefined): Omit<ConditionState, 'type'> {
  if (reference === undefined) {
    return { status: 'True', reason: 'Local', message: 'Local APIServices are always available' };
  }
  const { name = '', namespace = '' } = stringsOf(reference);
  const service = cluster.store.get('services', namespace, name);
  if (service === undefined) {
    const message = `service/${name} in ${JSON.stringify(namespace)} is not present`;
    return { status: 'False', reason: 'ServiceNotFound', message };
  }
  if (!hasReadyEndpoints(cluster, namespace, name)) {
    const wanted = numberAt(reference, 'port') ?? 443;
    const port = arrayAt(service.body.value, 'spec', 'ports').find((one) => numberAt(one, 'port') === wanted);
    const portName = JSON.stringify(stringAt(port, 'name') ?? '');
    const where = `service/${name} in ${JSON.stringify(namespace)}`;
    const message = `endpoints for ${where} have no addresses with port name ${portName}`;
    return { status: 'False', reason: 'MissingEndpoints', message };
  }
  return { status: 'True', reason: 'Passed', message: 'all checks passed' };
}
