import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { ResourceDefinition } from '../resources/resource-definition.ts';
import type { AggregatedGroupVersion } from './aggregation.ts';
import { type Exchange, sendText } from './exchange.ts';
import { headerOf } from '../base/http.ts';

/** The discovery documents of one cluster. */
export interface DiscoverySource {
  readonly resources: readonly ResourceDefinition[];
  readonly aggregated: readonly AggregatedGroupVersion[];
}

const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const STATUS_VERBS = ['get', 'patch', 'update'];

/** The verbs of subresources that are not like `status`. */
const SUBRESOURCE_VERBS: Readonly<Record<string, readonly string[]>> = {
  token: ['create'],
  eviction: ['create'],
  log: ['get'],
  finalize: ['update'],
};

/** The type that a subresource answers with, when it is not that of the resource. */
const SUBRESOURCE_KINDS: Readonly<Record<string, { group: string; version: string; kind: string }>> = {
  token: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction' },
  scale: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
};

export function wantsAggregatedDiscovery(exchange: Exchange): boolean {
  const accept = headerOf(exchange.request, 'accept');
  return accept.includes('as=APIGroupDiscoveryList') && accept.includes('g=apidiscovery.k8s.io');
}

/** Answers `/api` or `/apis` in aggregated form, with 304 when the client has it already. */
export function sendAggregatedDiscovery(exchange: Exchange, source: DiscoverySource, core: boolean): void {
  const text = JSON.stringify(aggregatedDiscovery(source, core));
  const etag = `"${createHash('sha256').update(text).digest('hex').toUpperCase()}"`;
  const headers = { etag, vary: 'Accept', 'content-type': AGGREGATED_TYPE };
  if (headerOf(exchange.request, 'if-none-match') === etag) sendText(exchange.response, 304, '', headers);
  else sendText(exchange.response, 200, text, headers);
}

function aggregatedDiscovery(source: DiscoverySource, core: boolean): JsonObject {
  const groups = groupsOf(source).filter(([group]) => (group === '') === core);
  const items = groups.map(([group, versions]) => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versions.map((version) => {
      const stale = source.aggregated.some(
        (entry) => entry.group === group && entry.version === version && !entry.available,
      );
      const resources = resourcesOf(source, group, version).map(aggregatedResource);
      return { version, ...(resources.length === 0 ? {} : { resources }), freshness: stale ? 'Stale' : 'Current' };
    }),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(resource: ResourceDefinition): JsonObject {
  const { group, version, kind } = resource;
  const subresources = [...resource.subresources].map((name) => ({
    subresource: name,
    responseKind: SUBRESOURCE_KINDS[name] ?? { group, version, kind },
    verbs: SUBRESOURCE_VERBS[name] ?? STATUS_VERBS,
  }));
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

/** Groups in the order of their names, each with its versions. */
function groupsOf(source: DiscoverySource): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const { group, version } of [...source.resources, ...source.aggregated]) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  return [...groups].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function resourcesOf(source: DiscoverySource, group: string, version: string): ResourceDefinition[] {
  return source.resources.filter((resource) => resource.group === group && resource.version === version);
}

export function apiVersions(serverAddress: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

export function apiGroupList(source: DiscoverySource): JsonObject {
  const groups = groupsOf(source).filter(([group]) => group !== '');
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: groups.map(([name, versions]) => groupEntry(name, versions)),
  };
}

export function apiGroup(source: DiscoverySource, group: string): JsonObject | undefined {
  const found = groupsOf(source).find(([name]) => name === group && name !== '');
  return found === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(found[0], found[1]) };
}

function groupEntry(name: string, versions: readonly string[]): JsonObject {
  const entries = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}

/** Undefined for a group version that is not served. */
export function apiResourceList(source: DiscoverySource, group: string, version: string): JsonObject | undefined {
  const resources = resourcesOf(source, group, version);
  if (resources.length === 0 && !source.aggregated.some((one) => one.group === group && one.version === version)) {
    return undefined;
  }
  const entries = resources.flatMap((resource): JsonValue[] => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: resource.verbs,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    },
    ...[...resource.subresources].map((name) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      namespaced: resource.namespaced,
      ...(SUBRESOURCE_KINDS[name] ?? { kind: resource.kind }),
      verbs: SUBRESOURCE_VERBS[name] ?? STATUS_VERBS,
    })),
  ]);
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: entries };
}
