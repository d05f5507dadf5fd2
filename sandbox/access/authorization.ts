import { arrayAt, isArray, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../base/json.ts';
import { matchesLabelSelector } from '../resources/selectors.ts';
import { qualifiedName } from '../base/names.ts';
import { StatusError } from '../base/status-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { labelsOf, type StoredObject } from '../store/stored-object.ts';
import { MASTERS_GROUP, serviceAccountUserName, type User } from './user.ts';

/** A requested action. */
export interface AccessAttributes {
  readonly verb: string;
  readonly group: string;
  /** Plural. */
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Empty for cluster-scoped resources and all namespaces. */
  readonly namespace: string;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

const DENIED: Decision = { allowed: false, reason: '' };
const CLUSTER_ROLES = 'clusterroles.rbac.authorization.k8s.io';
const ROLES = 'roles.rbac.authorization.k8s.io';
const CLUSTER_ROLE_BINDINGS = 'clusterrolebindings.rbac.authorization.k8s.io';
const ROLE_BINDINGS = 'rolebindings.rbac.authorization.k8s.io';

/** Role-based access control by the cluster's Role and binding objects. */
export class Authorizer {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  decide(user: User, attributes: AccessAttributes): Decision {
    if (user.groups.includes(MASTERS_GROUP)) return { allowed: true, reason: '' };
    for (const { rules, reason } of this.#grants(user, attributes.namespace)) {
      if (rules.some((rule) => allowsResource(rule, attributes))) return { allowed: true, reason };
    }
    return DENIED;
  }

  decidePath(user: User, verb: string, path: string): Decision {
    if (user.groups.includes(MASTERS_GROUP)) return { allowed: true, reason: '' };
    for (const { rules, reason } of this.#grants(user, '')) {
      if (rules.some((rule) => allowsPath(rule, verb, path))) return { allowed: true, reason };
    }
    return DENIED;
  }

  /** All rules for the user in the namespace and cluster-wide. */
  rulesOf(user: User, namespace: string): JsonObject[] {
    if (user.groups.includes(MASTERS_GROUP)) return [...EVERYTHING];
    return this.#grants(user, namespace).flatMap(({ rules }) => [...rules]);
  }

  /** The rules of a role that a binding names. */
  rulesOfReference(reference: JsonObject | undefined, namespace: string): readonly JsonObject[] {
    const name = stringAt(reference, 'name') ?? '';
    const isCluster = stringAt(reference, 'kind') === 'ClusterRole';
    const role = isCluster ? this.#store.get(CLUSTER_ROLES, '', name) : this.#store.get(ROLES, namespace, name);
    if (role === undefined) return [];
    return [...rulesIn(role.body.value), ...this.#aggregated(role)];
  }

  #aggregated(role: StoredObject): JsonObject[] {
    const selectors = arrayAt(role.body.value, 'aggregationRule', 'clusterRoleSelectors').filter(isObject);
    if (selectors.length === 0) return [];
    return this.#store
      .list(CLUSTER_ROLES)
      .filter((other) => selectors.some((selector) => matchesLabelSelector(selector, labelsOf(other))))
      .flatMap((other) => rulesIn(other.body.value));
  }

  #grants(user: User, namespace: string): { rules: readonly JsonObject[]; reason: string }[] {
    const bindings = [
      ...this.#store.list(CLUSTER_ROLE_BINDINGS),
      ...(namespace === '' ? [] : this.#store.list(ROLE_BINDINGS, namespace)),
    ];
    return bindings.flatMap((binding) => {
      const body = binding.body.value;
      const subject = arrayAt(body, 'subjects').find((one) => isSubject(one, user));
      if (subject === undefined) return [];
      const reference = objectAt(body, 'roleRef');
      return [
        { rules: this.rulesOfReference(reference, namespace), reason: allowedReason(binding, reference, subject) },
      ];
    });
  }
}

const EVERYTHING: readonly JsonObject[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

function allowedReason(binding: StoredObject, role: JsonObject | undefined, subject: JsonValue): string {
  const isCluster = binding.namespace === '';
  const bindingText = isCluster
    ? `ClusterRoleBinding ${JSON.stringify(binding.name)}`
    : `RoleBinding ${JSON.stringify(`${binding.name}/${binding.namespace}`)}`;
  const kind = stringAt(subject, 'kind') ?? '';
  const name = stringAt(subject, 'name') ?? '';
  const subjectName = kind === 'ServiceAccount' ? `${name}/${stringAt(subject, 'namespace')}` : name;
  const roleText = `${stringAt(role, 'kind')} ${JSON.stringify(stringAt(role, 'name'))}`;
  return `RBAC: allowed by ${bindingText} of ${roleText} to ${kind} ${JSON.stringify(subjectName)}`;
}

function isSubject(subject: JsonValue, user: User): boolean {
  const name = stringAt(subject, 'name') ?? '';
  switch (stringAt(subject, 'kind') ?? '') {
    case 'User':
      return name === user.name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount':
      return serviceAccountUserName(stringAt(subject, 'namespace') ?? '', name) === user.name;
    default:
      return false;
  }
}

function rulesIn(role: JsonObject): JsonObject[] {
  return arrayAt(role, 'rules').filter(isObject);
}

function lists(rule: JsonObject, key: string, value: string): boolean {
  const values = rule[key];
  return isArray(values) && (values.includes('*') || values.includes(value));
}

function allowsResource(rule: JsonObject, attributes: AccessAttributes): boolean {
  if (!lists(rule, 'verbs', attributes.verb) || !lists(rule, 'apiGroups', attributes.group)) return false;
  const { resource, subresource } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const isListed =
    lists(rule, 'resources', full) || (subresource !== '' && lists(rule, 'resources', `*/${subresource}`));
  const names = arrayAt(rule, 'resourceNames');
  return isListed && (names.length === 0 || names.includes(attributes.name));
}

function allowsPath(rule: JsonObject, verb: string, path: string): boolean {
  if (!lists(rule, 'verbs', verb)) return false;
  return arrayAt(rule, 'nonResourceURLs').some((pattern) => {
    if (typeof pattern !== 'string') return false;
    return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
  });
}

/** The wording of the API server for a request that RBAC does not allow. */
export function accessDenied(user: User, attributes: AccessAttributes): StatusError {
  const { verb, group, resource, subresource, name, namespace } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const subject = `${qualifiedName({ group, plural: resource })}${name === '' ? '' : ` ${JSON.stringify(name)}`}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const who = `User ${JSON.stringify(user.name)}`;
  const what = `cannot ${verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)}`;
  return new StatusError(403, `${subject} is forbidden: ${who} ${what} ${where}`, {
    reason: 'Forbidden',
    details: { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  });
}

export function pathDenied(user: User, verb: string, path: string): StatusError {
  const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`;
  return new StatusError(403, message, { reason: 'Forbidden', details: {} });
}
