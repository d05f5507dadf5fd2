import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '../../base/yaml.ts';
import type { ClusterConnection } from '../../kube/index.ts';
import { type KubeObject, listAt, textAt } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { patience } from './places.ts';

const PATIENCE_MILLISECONDS = 60_000;

/** The definition of Cluster objects that is shipped. */
export function clusterDefinition(): Promise<string> {
  const file = join(import.meta.dirname, '../../../deploy/definitions/nautes.resource.nautes.io_clusters.yaml');
  return readFile(file, 'utf8');
}

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function listBy(key: string): object {
  return {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [key],
    items: { ...open, required: [key], properties: { [key]: { type: 'string' } } },
  };
}

/** What ClusterProfile's definition has of consequence for those who write profiles; the real one needs a build. */
export const profileDefinition = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'clusterprofiles.multicluster.x-k8s.io' },
  spec: {
    group: 'multicluster.x-k8s.io',
    scope: 'Namespaced',
    names: {
      kind: 'ClusterProfile',
      listKind: 'ClusterProfileList',
      plural: 'clusterprofiles',
      singular: 'clusterprofile',
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: open,
              status: {
                type: 'object',
                properties: {
                  version: open,
                  conditions: listBy('type'),
                  properties: listBy('name'),
                  accessProviders: listBy('name'),
                },
              },
            },
          },
        },
      },
    ],
  },
});

/** Creates the namespaces and a definition, and waits until its kind is served. */
export async function prepareKind(
  { client, discovery }: ClusterConnection,
  namespaces: readonly string[],
  definition: string | undefined,
): Promise<void> {
  for (const name of namespaces) {
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    await client.apply(wellKnown.namespace, namespace, {}, patience());
  }
  if (definition === undefined) return;
  const object = parseYaml(definition) as KubeObject;
  await client.apply(wellKnown.customResourceDefinition, object, {}, patience());
  const [version] = listAt(object, 'spec', 'versions');
  const apiVersion = `${textAt(object, 'spec', 'group')}/${textAt(version, 'name')}`;
  const kind = textAt(object, 'spec', 'names', 'kind');
  await discovery.waitUntilServed(apiVersion, kind, PATIENCE_MILLISECONDS, patience());
}
