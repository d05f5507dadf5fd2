import { matchesLabelSelector } from '../resources/selectors.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt, stringsOf } from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { internalError } from '../base/status-error.ts';
import { labelsOf } from '../store/stored-object.ts';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE';

/** A write under admission. */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly resource: ResourceDefinition;
  readonly namespace: string;
  readonly object: JsonObject;
}

const CONFIGURATIONS = [
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
];

/** Webhooks never see their own configurations. */
const EXEMPT_GROUP = 'admissionregistration.k8s.io';

/**
 * Calls the admission webhooks that a write matches. A reachable one allows everything; an unreachable one lets
 * the write fail or pass according to its failure policy.
 * @throws StatusError 500 InternalError
 */
export async function reviewAdmission(cluster: ClusterState, write: AdmissionRequest): Promise<void> {
  if (write.resource.group === EXEMPT_GROUP) return;
  for (const name of CONFIGURATIONS) {
    for (const configuration of cluster.store.list(name)) {
      for (const hook of arrayAt(configuration.body.value, 'webhooks')) {
        if (!isObject(hook) || !matches(cluster, hook, write)) continue;
        const problem = await callProblem(cluster, hook);
        if (problem === undefined || stringAt(hook, 'failurePolicy') === 'Ignore') continue;
        throw internalError(`failed calling webhook ${JSON.stringify(stringAt(hook, 'name'))}: ${problem}`);
      }
    }
  }
}

function matches(
  cluster: ClusterState,
  hook: JsonObject,
  { operation, resource, namespace, object }: AdmissionRequest,
): boolean {
  const matchesRule = arrayAt(hook, 'rules').some((rule) => {
    const has = (key: string, value: string): boolean => {
      const values = arrayAt(rule, key);
      return values.includes('*') || values.includes(value);
    };
    const scope = stringAt(rule, 'scope') ?? '*';
    const inScope = scope === '*' || (scope === 'Namespaced') === resource.namespaced;
    return (
      inScope &&
      has('operations', operation) &&
      has('apiGroups', resource.group) &&
      has('apiVersions', resource.version) &&
      has('resources', resource.plural)
    );
  });
  if (!matchesRule) return false;
  const labels = stringsOf(objectAt(object, 'metadata', 'labels'));
  if (!matchesLabelSelector(objectAt(hook, 'objectSelector') ?? {}, labels)) return false;
  const selector = objectAt(hook, 'namespaceSelector') ?? {};
  return matchesLabelSelector(selector, namespaceLabels(cluster, resource, namespace, labels));
}

/** Namespaces are selected by their own labels, cluster-scoped objects always. */
function namespaceLabels(
  cluster: ClusterState,
  resource: ResourceDefinition,
  namespace: string,
  own: Readonly<Record<string, string>>,
): JsonObject {
  if (resource.kind === 'Namespace' && resource.group === '') return own;
  const found = cluster.store.get('namespaces', '', namespace);
  return found === undefined ? {} : labelsOf(found);
}

const DEFAULT_TIMEOUT_SECONDS = 10;

/** Why a webhook cannot be called, in the wording of the API server; undefined when it answers. */
async function callProblem(cluster: ClusterState, hook: JsonObject): Promise<string | undefined> {
  const reference = objectAt(hook, 'clientConfig', 'service');
  if (reference === undefined) return undefined;
  const { name = '', namespace = '' } = stringsOf(reference);
  const seconds = numberAt(hook, 'timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS;
  const port = numberAt(reference, 'port') ?? 443;
  const path = stringAt(reference, 'path') ?? '/';
  const post = `failed to call webhook: Post "https://${name}.${namespace}.svc:${port}${path}?timeout=${seconds}s"`;
  const service = cluster.store.get('services', namespace, name);
  if (service === undefined) return `${post}: service ${JSON.stringify(name)} not found`;
  if (cluster.faults.isWebhookHanging(name)) {
    const limit = cluster.behaviour.maximumWebhookMilliseconds ?? Number.POSITIVE_INFINITY;
    await new Promise<void>((resolve) => {
      cluster.timers.schedule(Math.min(seconds * 1000, limit), resolve);
    });
    return `${post}: context deadline exceeded`;
  }
  if (hasReadyEndpoints(cluster, namespace, name)) return undefined;
  const address = stringAt(service.body.value, 'spec', 'clusterIP') ?? '';
  return `${post}: dial tcp ${address}:${port}: connect: connection refused`;
}

export function hasReadyEndpoints(cluster: ClusterState, namespace: string, name: string): boolean {
  const endpoints = cluster.store.get('endpoints', namespace, name);
  const subsets = endpoints === undefined ? [] : arrayAt(endpoints.body.value, 'subsets');
  return subsets.some((subset) => arrayAt(subset, 'addresses').length > 0);
}
