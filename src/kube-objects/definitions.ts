import { groupOf, isRecord, type KubeObject, listAt, textAt } from './kube-object.ts';
import type { ResourceType } from './resource-types.ts';

/** `group/Kind` of what a CRD defines. */
export function definedKind(definition: KubeObject): string {
  return `${textAt(definition, 'spec', 'group')}/${textAt(definition, 'spec', 'names', 'kind')}`;
}

/** A kind as its CRD says that it will be served; `undefined` when the CRD does not serve that version. */
export function typeOfDefinition(definition: KubeObject, apiVersion: string): ResourceType | undefined {
  const group = textAt(definition, 'spec', 'group');
  const version = listAt(definition, 'spec', 'versions').find((item) => textAt(item, 'name') === versionOf(apiVersion));
  if (groupOf(apiVersion) !== group || !isRecord(version) || version['served'] === false) return undefined;
  return {
    apiVersion,
    kind: textAt(definition, 'spec', 'names', 'kind'),
    plural: textAt(definition, 'spec', 'names', 'plural'),
    namespaced: textAt(definition, 'spec', 'scope') !== 'Cluster',
    listable: true,
  };
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** The version that discovery and storage agree on: the one stored, else the first one served. */
export function storedVersion(definition: KubeObject): string {
  const versions = listAt(definition, 'spec', 'versions');
  const chosen = versions.find((item) => isRecord(item) && item['storage'] === true) ?? versions[0];
  return `${textAt(definition, 'spec', 'group')}/${textAt(chosen, 'name')}`;
}
