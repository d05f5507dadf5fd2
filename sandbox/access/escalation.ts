import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import { forbidden } from '../base/status-error.ts';
import type { Authorizer } from './authorization.ts';
import { MASTERS_GROUP, type User } from './user.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Privilege escalation check: a user can grant only rights that they have. @throws StatusError 403 */
export function checkEscalation(
  authorizer: Authorizer,
  user: User,
  resource: ResourceDefinition,
  next: JsonObject,
): void {
  if (resource.group !== RBAC_GROUP || user.groups.includes(MASTERS_GROUP)) return;
  const namespace = stringAt(next, 'metadata', 'namespace') ?? '';
  const name = stringAt(next, 'metadata', 'name') ?? '';
  const isBinding = resource.kind.endsWith('Binding');
  const wanted = isBinding
    ? authorizer.rulesOfReference(objectAt(next, 'roleRef'), namespace)
    : arrayAt(next, 'rules').filter(isObject);
  const verb = isBinding ? 'bind' : 'escalate';
  const reference = objectAt(next, 'roleRef');
  const target = isBinding
    ? stringAt(reference, 'kind') === 'ClusterRole'
      ? 'clusterroles'
      : 'roles'
    : resource.plural;
  const targetName = isBinding ? (stringAt(reference, 'name') ?? '') : name;
  const attributes = { verb, group: RBAC_GROUP, resource: target, subresource: '', name: targetName, namespace };
  if (authorizer.decide(user, attributes).allowed) return;
  const held = authorizer.rulesOf(user, namespace);
  const missing = wanted.filter((rule) => !isCovered(rule, held));
  if (missing.length === 0) return;
  const groups = JSON.stringify(user.groups);
  const text = `user ${JSON.stringify(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:`;
  throw forbidden(resource, name, [text, ...missing.map(printRule)].join('\n'));
}

/** Every single permission of the rule must be in one of the rules that are held. */
function isCovered(rule: JsonObject, held: readonly JsonObject[]): boolean {
  const strings = (key: string): string[] => arrayAt(rule, key).filter((value) => typeof value === 'string');
  const paths = strings('nonResourceURLs');
  const allows = (owner: JsonObject, key: string, value: string): boolean => {
    const values = arrayAt(owner, key);
    return values.includes('*') || values.includes(value);
  };
  const pathsHeld = paths.every((path) =>
    strings('verbs').every((verb) =>
      held.some((owner) => allows(owner, 'verbs', verb) && allows(owner, 'nonResourceURLs', path)),
    ),
  );
  const names = strings('resourceNames');
  const resourcesHeld = strings('apiGroups').every((group) =>
    strings('resources').every((resource) =>
      strings('verbs').every((verb) =>
        held.some((owner) => {
          const ownNames = arrayAt(owner, 'resourceNames');
          const namesHeld =
            ownNames.length === 0 || (names.length > 0 && names.every((name) => ownNames.includes(name)));
          const isHeld =
            allows(owner, 'apiGroups', group) && allows(owner, 'resources', resource) && allows(owner, 'verbs', verb);
          return isHeld && namesHeld;
        }),
      ),
    ),
  );
  return pathsHeld && resourcesHeld;
}

function printRule(rule: JsonObject): string {
  const part = (label: string, key: string): string[] => {
    const values = arrayAt(rule, key);
    return values.length === 0 ? [] : [`${label}:${JSON.stringify(values)}`];
  };
  const parts = [
    ...part('APIGroups', 'apiGroups'),
    ...part('Resources', 'resources'),
    ...part('ResourceNames', 'resourceNames'),
    ...part('NonResourceURLs', 'nonResourceURLs'),
    ...part('Verbs', 'verbs'),
  ];
  return `{${parts.join(', ')}}`;
}
