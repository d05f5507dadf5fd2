import {
  arrayAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
  withValue,
} from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';

/** Defaults of the built-in kinds (Kubernetes API reference), as far as clients see or depend on them. */
export function withDefaults(resource: ResourceDefinition, object: JsonObject): JsonObject {
  if (resource.custom !== undefined) return withCustomDefaults(resource.custom.openApiSchema, object);
  const apply = DEFAULTS[`${resource.kind}.${resource.group}`];
  return apply === undefined ? object : apply(object);
}

type Default = (object: JsonObject) => JsonObject;

/** Adds defaults; the same object when none are missing. */
function fill(object: JsonObject, defaults: JsonObject): JsonObject {
  for (const key in defaults)
    if (object[key] === undefined || object[key] === null) return { ...defaults, ...defined(object) };
  return object;
}

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

function changeObject(object: JsonObject, key: string, change: Default): JsonObject {
  const value = object[key];
  if (!isObject(value)) return object;
  const next = change(value);
  return next === value ? object : { ...object, [key]: next };
}

function changeItems(object: JsonObject, key: string, change: Default): JsonObject {
  const items = object[key];
  if (!isArray(items)) return object;
  let changed = false;
  const next = items.map((item) => {
    if (!isObject(item)) return item;
    const result = change(item);
    if (result !== item) changed = true;
    return result;
  });
  return changed ? { ...object, [key]: next } : object;
}

const probe: Default = (value) =>
  changeObject(
    fill(value, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
    'httpGet',
    (get) => fill(get, { path: '/', scheme: 'HTTP' }),
  );

const environment: Default = (item) =>
  changeObject(item, 'valueFrom', (from) => changeObject(from, 'fieldRef', (ref) => fill(ref, { apiVersion: 'v1' })));

/** The default policy depends on the tag: `latest`, also when it is not written, is always pulled. */
function imagePullPolicy(image: string | undefined): string {
  const last = (image ?? '').split('/').at(-1) ?? '';
  const tagged = last.includes('@') || (last.includes(':') && !last.endsWith(':latest'));
  return tagged ? 'IfNotPresent' : 'Always';
}

const container: Default = (value) => {
  let next = fill(value, {
    imagePullPolicy: imagePullPolicy(stringAt(value, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  });
  next = changeItems(next, 'ports', (port) => fill(port, { protocol: 'TCP' }));
  next = changeItems(next, 'env', environment);
  for (const key of ['livenessProbe', 'readinessProbe', 'startupProbe']) next = changeObject(next, key, probe);
  return next;
};

const DEFAULT_FILE_MODE = 420;

const volume: Default = (value) => {
  let next = value;
  for (const key of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    next = changeObject(next, key, (source) => fill(source, { defaultMode: DEFAULT_FILE_MODE }));
  }
  next = changeObject(next, 'hostPath', (source) => fill(source, { type: '' }));
  return changeObject(next, 'downwardAPI', (source) =>
    changeItems(source, 'items', (item) => changeObject(item, 'fieldRef', (ref) => fill(ref, { apiVersion: 'v1' }))),
  );
};

const podSpec: Default = (value) => {
  let next = fill(value, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  const account = stringAt(next, 'serviceAccountName') ?? stringAt(next, 'serviceAccount');
  if (account !== undefined) next = fill(next, { serviceAccountName: account, serviceAccount: account });
  for (const key of ['containers', 'initContainers']) next = changeItems(next, key, container);
  return changeItems(next, 'volumes', volume);
};

const template: Default = (spec) => changeObject(spec, 'template', (value) => changeObject(value, 'spec', podSpec));

function inSpec(change: Default): Default {
  return (object) => changeObject(object, 'spec', change);
}

const policyPorts: Default = (rule) => changeItems(rule, 'ports', (port) => fill(port, { protocol: 'TCP' }));

const networkPolicy: Default = (spec) => {
  const types = arrayAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return changeItems(changeItems(fill(spec, { policyTypes: types }), 'ingress', policyPorts), 'egress', policyPorts);
};

const rollingUpdate: JsonObject = { maxUnavailable: '25%', maxSurge: '25%' };

const strategy: Default = (spec) =>
  changeObject(fill(spec, { strategy: { type: 'RollingUpdate', rollingUpdate } }), 'strategy', (value) => {
    const typed = fill(value, { type: 'RollingUpdate' });
    return typed['type'] === 'RollingUpdate' ? fill(typed, { rollingUpdate }) : typed;
  });

const service: Default = (spec) => {
  const type = stringAt(spec, 'type') ?? 'ClusterIP';
  let next = fill(spec, { type, sessionAffinity: 'None' });
  if (type !== 'ExternalName') next = fill(next, { internalTrafficPolicy: 'Cluster' });
  if (type === 'NodePort' || type === 'LoadBalancer') next = fill(next, { externalTrafficPolicy: 'Cluster' });
  if (type === 'LoadBalancer') next = fill(next, { allocateLoadBalancerNodePorts: true });
  return changeItems(next, 'ports', (port) => fill(port, { protocol: 'TCP', targetPort: port['port'] ?? 0 }));
};

const clientConfig: Default = (value) => changeObject(value, 'service', (target) => fill(target, { port: 443 }));

function webhooks(extra: JsonObject): Default {
  return (object) =>
    changeItems(object, 'webhooks', (hook) =>
      changeItems(
        changeObject(
          fill(hook, {
            failurePolicy: 'Fail',
            matchPolicy: 'Equivalent',
            namespaceSelector: {},
            objectSelector: {},
            timeoutSeconds: 10,
            ...extra,
          }),
          'clientConfig',
          clientConfig,
        ),
        'rules',
        (rule) => fill(rule, { scope: '*' }),
      ),
    );
}

/** Subjects of kind ServiceAccount are in the core group, all others in the RBAC group. */
const binding: Default = (object) =>
  changeItems(
    changeObject(object, 'roleRef', (reference) => fill(reference, { apiGroup: 'rbac.authorization.k8s.io' })),
    'subjects',
    (subject) =>
      subject['kind'] === 'ServiceAccount' ? subject : fill(subject, { apiGroup: 'rbac.authorization.k8s.io' }),
  );

/** The Secret type's `stringData` is text and stored as base64 in `data`. */
const secret: Default = (object) => {
  const { stringData, ...rest } = object;
  const typed = fill(rest, { type: 'Opaque' });
  if (!isObject(stringData)) return typed;
  const data: Record<string, JsonValue | undefined> = { ...objectAt(typed, 'data') };
  for (const [key, text] of Object.entries(stringData)) {
    if (typeof text === 'string') data[key] = Buffer.from(text).toString('base64');
  }
  return { ...typed, data };
};

const definitionNames: Default = (names) => {
  const kind = stringAt(names, 'kind') ?? '';
  return fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
};

const NAME_LABEL = 'kubernetes.io/metadata.name';

const withNameLabel: Default = (object) => {
  const name = stringAt(object, 'metadata', 'name');
  if (stringAt(object, 'metadata', 'labels', NAME_LABEL) === name) return object;
  return withValue(object, ['metadata', 'labels', NAME_LABEL], name);
};

const DEFAULTS: Readonly<Record<string, Default>> = {
  'Pod.': inSpec((spec) => podSpec(fill(spec, { enableServiceLinks: true }))),
  'Service.': inSpec(service),
  'Secret.': secret,
  'Namespace.': (object) => fill(withNameLabel(object), { spec: { finalizers: ['kubernetes'] } }),
  'PersistentVolumeClaim.': inSpec((spec) => fill(spec, { volumeMode: 'Filesystem' })),
  'Deployment.apps': inSpec((spec) =>
    template(strategy(fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }))),
  ),
  'ReplicaSet.apps': inSpec((spec) => template(fill(spec, { replicas: 1 }))),
  'StatefulSet.apps': inSpec((spec) =>
    changeItems(
      template(
        fill(spec, {
          replicas: 1,
          podManagementPolicy: 'OrderedReady',
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
          revisionHistoryLimit: 10,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        }),
      ),
      'volumeClaimTemplates',
      (claim) =>
        changeObject(
          fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } }),
          'spec',
          (claimSpec) => fill(claimSpec, { volumeMode: 'Filesystem' }),
        ),
    ),
  ),
  'DaemonSet.apps': inSpec((spec) =>
    template(
      fill(spec, {
        revisionHistoryLimit: 10,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      }),
    ),
  ),
  'Job.batch': inSpec((spec) =>
    template(
      fill(spec, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false }),
    ),
  ),
  'CronJob.batch': inSpec((spec) =>
    fill(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  ),
  'NetworkPolicy.networking.k8s.io': inSpec(networkPolicy),
  'ClusterRoleBinding.rbac.authorization.k8s.io': binding,
  'RoleBinding.rbac.authorization.k8s.io': binding,
  'CustomResourceDefinition.apiextensions.k8s.io': inSpec((spec) =>
    changeObject(fill(spec, { conversion: { strategy: 'None' } }), 'names', definitionNames),
  ),
  'APIService.apiregistration.k8s.io': inSpec((spec) =>
    changeObject(spec, 'service', (target) => fill(target, { port: 443 })),
  ),
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': webhooks({}),
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': webhooks({ reinvocationPolicy: 'Never' }),
};

/** Structural schemas: unknown fields are dropped and defaults filled in. */
function withCustomDefaults(schema: JsonObject | undefined, object: JsonObject): JsonObject {
  if (schema === undefined) return object;
  const { apiVersion, kind, metadata, ...content } = object;
  const pruned = structured(schema, content, true);
  return { apiVersion, kind, metadata, ...(isObject(pruned) ? pruned : {}) };
}

function structured(schema: JsonObject, value: JsonValue, root = false): JsonValue {
  if (isArray(value)) {
    const items = objectAt(schema, 'items');
    return items === undefined ? value : value.map((item) => structured(items, item));
  }
  if (!isObject(value)) return value;
  const properties = objectAt(schema, 'properties') ?? {};
  const additional = objectAt(schema, 'additionalProperties');
  const unknown = keepsUnknownFields(schema, root);
  const result: Record<string, JsonValue | undefined> = {};
  for (const [key, member] of Object.entries(value)) {
    const inner = objectAt(properties, key) ?? additional;
    if (member === undefined) continue;
    if (inner !== undefined) result[key] = structured(inner, member);
    else if (unknown) result[key] = member;
  }
  return withPropertyDefaults(properties, result);
}

function keepsUnknownFields(schema: JsonObject, root: boolean): boolean {
  const isFree = schema['properties'] === undefined && !root;
  const isMarked =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-embedded-resource'] === true;
  return isMarked || isFree || schema['additionalProperties'] === true;
}

function withPropertyDefaults(properties: JsonObject, value: Record<string, JsonValue | undefined>): JsonObject {
  for (const [key, property] of Object.entries(properties)) {
    if (value[key] !== undefined || !isObject(property)) continue;
    const fallback = property['default'];
    if (fallback !== undefined) value[key] = structured(property, fallback);
  }
  return value;
}
