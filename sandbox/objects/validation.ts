import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  sameJson,
  stringAt,
  stringsOf,
  valueAt,
} from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import type { FieldProblem } from '../base/status-error.ts';
import { ruleProblems } from './validation-rules.ts';

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const MAXIMUM_SUBDOMAIN_LENGTH = 253;
const MAXIMUM_LABEL_LENGTH = 63;
/** The sum of all keys and values of an object's annotations. */
const MAXIMUM_ANNOTATIONS_BYTES = 262_144;

const SUBDOMAIN_MESSAGE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_MESSAGE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE_MESSAGE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const STATEFUL_SET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];
const STATEFUL_SET_MESSAGE =
  "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** Kinds whose names may contain any character of a path segment (RBAC and its aggregated kinds). */
const PATH_SEGMENT_NAMES = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);
const LABEL_NAMES = new Set(['Namespace', 'Service']);

/** What the API server would refuse with 422; the most common rules only. */
export function problemsOf(
  resource: ResourceDefinition,
  object: JsonObject,
  live: JsonObject | undefined,
): FieldProblem[] {
  const problems = [...metadataProblems(resource, object)];
  if (resource.custom !== undefined) {
    const { openApiSchema = {} } = resource.custom;
    return [...problems, ...ruleProblems(openApiSchema, object, live)];
  }
  if (resource.group === 'apps' || resource.group === 'batch')
    problems.push(...selectorProblems(object, resource.kind));
  if (live !== undefined) problems.push(...immutableProblems(resource, object, live));
  return problems;
}

function metadataProblems(resource: ResourceDefinition, object: JsonObject): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const name = stringAt(object, 'metadata', 'name') ?? '';
  if (name === '') {
    problems.push({
      reason: 'FieldValueRequired',
      field: 'metadata.name',
      message: 'Required value: name or generateName is required',
    });
  } else if (LABEL_NAMES.has(resource.kind) && resource.group === '') {
    if (name.length > MAXIMUM_LABEL_LENGTH || !DNS_LABEL.test(name)) {
      problems.push(invalidValue('metadata.name', name, LABEL_MESSAGE));
    }
  } else if (
    !PATH_SEGMENT_NAMES.has(resource.kind) &&
    (name.length > MAXIMUM_SUBDOMAIN_LENGTH || !DNS_SUBDOMAIN.test(name))
  ) {
    problems.push(invalidValue('metadata.name', name, SUBDOMAIN_MESSAGE));
  }
  for (const value of Object.values(stringsOf(objectAt(object, 'metadata', 'labels')))) {
    if (value.length > MAXIMUM_LABEL_LENGTH || !LABEL_VALUE.test(value)) {
      problems.push(invalidValue('metadata.labels', value, LABEL_VALUE_MESSAGE));
    }
  }
  if (annotationsSize(object) > MAXIMUM_ANNOTATIONS_BYTES) {
    const message = `Too long: may not be more than ${MAXIMUM_ANNOTATIONS_BYTES} bytes`;
    problems.push({ reason: 'FieldValueInvalid', field: 'metadata.annotations', message });
  }
  return problems;
}

function annotationsSize(object: JsonObject): number {
  const annotations = Object.entries(stringsOf(objectAt(object, 'metadata', 'annotations')));
  return annotations.reduce((size, [key, value]) => size + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}

const SELECTED_KINDS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

function selectorProblems(object: JsonObject, kind: string): FieldProblem[] {
  const spec = objectAt(object, 'spec');
  const problems: FieldProblem[] = [];
  if (SELECTED_KINDS.has(kind)) {
    const wanted = stringsOf(objectAt(spec, 'selector', 'matchLabels'));
    const labels = stringsOf(objectAt(spec, 'template', 'metadata', 'labels'));
    if (objectAt(spec, 'selector') === undefined) {
      problems.push({ reason: 'FieldValueRequired', field: 'spec.selector', message: 'Required value' });
    } else if (Object.entries(wanted).some(([key, value]) => labels[key] !== value)) {
      const message = '`selector` does not match template `labels`';
      problems.push(invalidValue('spec.template.metadata.labels', labels, message));
    }
  }
  const isTemplated = SELECTED_KINDS.has(kind) || kind === 'Job';
  if (isTemplated && arrayAt(spec, 'template', 'spec', 'containers').length === 0) {
    problems.push({ reason: 'FieldValueRequired', field: 'spec.template.spec.containers', message: 'Required value' });
  }
  return problems;
}

/** Immutable fields, by `<kind>.<group>`: a path of keys and the error message. */
const IMMUTABLE: Readonly<Record<string, readonly (readonly [readonly string[], string])[]>> = {
  'Deployment.apps': [[['spec', 'selector'], 'field is immutable']],
  'DaemonSet.apps': [[['spec', 'selector'], 'field is immutable']],
  'ReplicaSet.apps': [[['spec', 'selector'], 'field is immutable']],
  'Job.batch': [
    [['spec', 'completions'], 'field is immutable'],
    [['spec', 'selector'], 'field is immutable'],
    [['spec', 'template'], 'field is immutable'],
  ],
  'RoleBinding.rbac.authorization.k8s.io': [[['roleRef'], 'cannot change roleRef']],
  'ClusterRoleBinding.rbac.authorization.k8s.io': [[['roleRef'], 'cannot change roleRef']],
  'Secret.': [[['type'], 'field is immutable']],
  'CustomResourceDefinition.apiextensions.k8s.io': [
    [['spec', 'group'], 'field is immutable'],
    [['spec', 'scope'], 'field is immutable'],
  ],
};

function immutableProblems(resource: ResourceDefinition, object: JsonObject, live: JsonObject): FieldProblem[] {
  const kind = `${resource.kind}.${resource.group}`;
  if (live['immutable'] === true && FIXABLE.has(kind)) return fixedProblems(object, live);
  if (kind === 'StatefulSet.apps') return statefulSetProblems(objectAt(object, 'spec'), objectAt(live, 'spec'));
  return (IMMUTABLE[kind] ?? []).flatMap(([path, message]) => {
    const value = valueAt(object, ...path);
    return sameJson(value, valueAt(live, ...path)) ? [] : [invalidValue(path.join('.'), value, message)];
  });
}

/** Kinds that `immutable: true` fixes for good. */
const FIXABLE = new Set(['ConfigMap.', 'Secret.']);

function fixedProblems(object: JsonObject, live: JsonObject): FieldProblem[] {
  const message = 'Forbidden: field is immutable when `immutable` is set';
  return ['data', 'binaryData', 'immutable', 'type']
    .filter((field) => !sameJson(object[field], live[field]))
    .map((field) => ({ reason: 'FieldValueForbidden', field, message }));
}

function statefulSetProblems(spec: JsonObject = {}, before: JsonObject = {}): FieldProblem[] {
  const keys = new Set([...Object.keys(spec), ...Object.keys(before)]);
  const changed = [...keys].some((key) => !STATEFUL_SET_MUTABLE.includes(key) && !sameJson(spec[key], before[key]));
  return changed ? [{ reason: 'FieldValueForbidden', field: 'spec', message: STATEFUL_SET_MESSAGE }] : [];
}

function invalidValue(field: string, value: JsonValue | undefined, message: string): FieldProblem {
  const shown = isObject(value) || Array.isArray(value) ? JSON.stringify(value) : JSON.stringify(value ?? null);
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${shown}: ${message}` };
}
