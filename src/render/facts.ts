import { createHmac } from 'node:crypto';
import { NautesError } from '../errors/errors.ts';
import { Secret } from '../base/secret.ts';
import type { ClusterFactName } from '../catalog/fact-names.ts';
import { parseTemplate, type Template, type TemplatePlaceholder } from '../catalog/template.ts';
import type { ComponentDefinition } from '../catalog/definition.ts';
import { ACCESS_NAMESPACE } from '../kube-objects/kube-object.ts';
import { readApiServer } from '../resources/cluster/api-server.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import type { ComponentChoice } from '../resources/cluster/components.ts';

/** Facts for `${name}` in the catalogue: flat names with string values. */
export type Facts = Readonly<Record<string, string | Secret>>;

/** Settings of the server that components use. */
export interface RenderSettings {
  readonly vault: { readonly address: string };
  /** The identity provider for components with a login. */
  readonly oauth?: OauthSettings;
}

/** A client at an OpenID Connect issuer. */
export interface OauthSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** A gateway of somebody else answers where browsers expect it. */
const OTHER_GATEWAY = { httpNodePort: '80', httpsNodePort: '443' };

/**
 * Facts about a cluster: `cluster.*`, `vault.*` and `gateway.*`, the settings of the gateway in front of it, which for
 * a virtual cluster is that of its host. Without the host there are no facts about a gateway.
 */
export function clusterFacts(cluster: Cluster, settings: RenderSettings, host?: Cluster): Facts {
  const facts: Record<string, string | Secret> = { ...ownFacts(cluster), ...settingsFacts(cluster, settings) };
  const gateway = cluster.spec.components.gateway ?? host?.spec.components.gateway;
  const isElsewhere = gateway === undefined && (host ?? cluster).spec.withoutComponents?.includes('gateway') === true;
  const additions = gateway?.additions ?? (isElsewhere ? OTHER_GATEWAY : {});
  for (const [key, value] of Object.entries(additions)) facts[`gateway.${key}`] = value;
  return facts;
}

type FactsOf<Prefix extends string> = Readonly<
  Record<Extract<ClusterFactName, `${Prefix}.${string}`>, string | Secret>
>;

function ownFacts(cluster: Cluster): FactsOf<'cluster' | 'virtualCluster'> {
  const { name, spec } = cluster;
  const { address } = readApiServer(spec.apiServer);
  return {
    'cluster.name': name,
    'cluster.apiServer': spec.apiServer,
    'cluster.host': address?.host ?? '',
    'cluster.primaryDomain': spec.primaryDomain,
    'cluster.usage': spec.usage,
    'cluster.type': spec.clusterType,
    'cluster.workerType': spec.workerType ?? '',
    'cluster.hostCluster': spec.hostCluster ?? '',
    'cluster.namespaces': platformNamespaces(cluster).join(','),
    'virtualCluster.nodePort': spec.vclusterNodePort?.toString() ?? '',
  };
}

function settingsFacts(cluster: Cluster, { vault, oauth }: RenderSettings): FactsOf<'vault' | 'oauth'> {
  return {
    'vault.address': vault.address,
    'vault.authPath': `auth/${cluster.name}`,
    'oauth.issuer': oauth?.issuer ?? '',
    'oauth.clientId': oauth?.clientId ?? '',
    'oauth.clientSecret': oauth?.clientSecret ?? '',
    'oauth.cookieSecret': oauth === undefined ? '' : cookieSecret(oauth, cluster),
  };
}

/** Stable for a registration: a new value at each rendering would end every user's session. */
function cookieSecret({ clientSecret }: OauthSettings, { name, incarnation }: Cluster): Secret {
  const key = createHmac('sha256', clientSecret.reveal()).update(`cookies of ${name} ${incarnation}`);
  return new Secret(key.digest('base64url'));
}

/** True when the fact exists and is not empty. */
export function isSet(name: string, facts: Facts): boolean {
  const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
  return value !== undefined && value !== '';
}

/** The namespaces of Nautes on a cluster: its own and those of the components. */
function platformNamespaces({ spec }: Cluster): readonly string[] {
  const namespaces = Object.values(spec.components).map(({ namespace }) => namespace);
  return [...new Set([ACCESS_NAMESPACE, ...namespaces])].toSorted();
}

/**
 * The cluster's facts and those of one of its components: `component.*` and `additions.*`. An addition that the
 * cluster does not have (its file is older than the catalogue) has its default; without one it is empty.
 */
export function componentFacts(
  facts: Facts,
  choice: ComponentChoice,
  definition?: Pick<ComponentDefinition, 'additions'>,
): Facts {
  const own: Record<string, string | Secret> = { ...facts };
  own['component.name'] = choice.name;
  own['component.namespace'] = choice.namespace;
  for (const { name, default: value = '' } of definition?.additions ?? []) own[`additions.${name}`] = value;
  for (const [key, value] of Object.entries(choice.additions)) own[`additions.${key}`] = value;
  return own;
}

/**
 * The value with every `${name}` in its strings replaced (see `catalog/template.ts`); keys stay.
 * @throws NautesError `FactUnknown` for an unknown name, `FactInvalid` for a number that is not one
 */
export function fillIn(value: unknown, facts: Facts, component: string): unknown {
  if (typeof value === 'string') return fillText(value, facts, component);
  if (Array.isArray(value)) return fillItems(value, facts, component);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fillIn(member, facts, component)]));
}

/** {@link fillIn} for a list, in which an element may expand to several. */
export function fillItems(items: readonly unknown[], facts: Facts, component: string): unknown[] {
  return items.flatMap((item) => fillItem(item, facts, component));
}

/** One element of a list, or several where it has a placeholder with `|each`. */
function fillItem(item: unknown, facts: Facts, component: string): unknown[] {
  if (typeof item !== 'string' || !item.includes('${')) return [fillIn(item, facts, component)];
  const template = parsed(item, component);
  const each = template.find((part) => typeof part !== 'string' && part.form === 'each');
  if (each === undefined || typeof each === 'string') return [fillTemplate(template, facts, component)];
  const values = factOf(each, facts, component).split(',').filter(Boolean);
  return values.map((value) => fillTemplate(template, { ...facts, [each.fact]: value }, component));
}

function fillText(text: string, facts: Facts, component: string): string | number {
  return text.includes('${') ? fillTemplate(parsed(text, component), facts, component) : text;
}

function fillTemplate(template: Template, facts: Facts, component: string): string | number {
  const [first] = template;
  if (first !== undefined && typeof first !== 'string' && first.form === 'number') {
    return numberOf(first, facts, component);
  }
  return template.map((part) => (typeof part === 'string' ? part : factOf(part, facts, component))).join('');
}

function numberOf(placeholder: TemplatePlaceholder, facts: Facts, component: string): number {
  const text = factOf(placeholder, facts, component);
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  throw new NautesError('FactInvalid', { fact: `\${${placeholder.fact}}`, component });
}

function factOf({ fact }: TemplatePlaceholder, facts: Facts, component: string): string {
  const value = Object.hasOwn(facts, fact) ? facts[fact] : undefined;
  if (value === undefined) throw new NautesError('FactUnknown', { fact: `\${${fact}}`, component });
  return typeof value === 'string' ? value : value.reveal();
}

function parsed(text: string, component: string): Template {
  try {
    return parseTemplate(text);
  } catch (error) {
    throw new NautesError('FactUnknown', { fact: text, component }, { cause: error });
  }
}
