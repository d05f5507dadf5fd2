import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt, stringsOf } from '../base/json.ts';
import type { Authorizer, Decision } from '../access/authorization.ts';
import type { TokenService } from '../access/tokens.ts';
import type { User } from '../access/user.ts';

export interface ReviewContext {
  readonly authorizer: Authorizer;
  readonly tokens: TokenService;
  readonly user: User;
}

/** Answers a review: the body with its status. */
export function review(context: ReviewContext, kind: string, body: JsonObject): JsonObject {
  const spec = objectAt(body, 'spec') ?? {};
  return { ...body, metadata: objectAt(body, 'metadata') ?? {}, status: statusOf(context, kind, spec) };
}

function statusOf(context: ReviewContext, kind: string, spec: JsonObject): JsonObject {
  switch (kind) {
    case 'SelfSubjectReview':
      return { userInfo: userInfo(context.user) };
    case 'TokenReview':
      return tokenStatus(context.tokens.authenticate(stringAt(spec, 'token') ?? ''));
    case 'SelfSubjectRulesReview':
      return rulesStatus(context, stringAt(spec, 'namespace') ?? '');
    case 'SelfSubjectAccessReview':
      return accessStatus(decide(context, context.user, spec));
    default:
      return accessStatus(decide(context, subjectOf(spec), spec));
  }
}

function userInfo(user: User): JsonObject {
  return {
    username: user.name,
    ...(user.uid === '' ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
  };
}

function tokenStatus(user: User | undefined): JsonObject {
  if (user === undefined) return { user: {}, error: 'invalid bearer token' };
  return { authenticated: true, user: userInfo(user), audiences: ['https://kubernetes.default.svc.cluster.local'] };
}

function subjectOf(spec: JsonObject): User {
  const groups = arrayAt(spec, 'groups').filter((group) => typeof group === 'string');
  return { name: stringAt(spec, 'user') ?? '', uid: stringAt(spec, 'uid') ?? '', groups, extra: {} };
}

function decide(context: ReviewContext, user: User, spec: JsonObject): Decision {
  const path = objectAt(spec, 'nonResourceAttributes');
  if (path !== undefined) {
    const { verb = '', path: wanted = '' } = stringsOf(path);
    return context.authorizer.decidePath(user, verb, wanted);
  }
  const attributes = stringsOf(objectAt(spec, 'resourceAttributes'));
  return context.authorizer.decide(user, {
    verb: attributes['verb'] ?? '',
    group: attributes['group'] ?? '',
    resource: attributes['resource'] ?? '',
    subresource: attributes['subresource'] ?? '',
    name: attributes['name'] ?? '',
    namespace: attributes['namespace'] ?? '',
  });
}

function accessStatus(decision: Decision): JsonObject {
  return { allowed: decision.allowed, ...(decision.reason === '' ? {} : { reason: decision.reason }) };
}

function rulesStatus(context: ReviewContext, namespace: string): JsonObject {
  const rules = context.authorizer.rulesOf(context.user, namespace);
  const withKey = (key: string): JsonValue[] => rules.filter((rule) => isObject(rule) && rule[key] !== undefined);
  return {
    resourceRules: withKey('resources'),
    nonResourceRules: withKey('nonResourceURLs'),
    incomplete: false,
  };
}
