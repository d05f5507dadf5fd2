import { arrayAt, type JsonObject, stringAt } from '../base/json.ts';

/** A ConfigMap for the tests. */
export function configMap(name: string, data: Record<string, string> = { a: '1' }): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

/** A CustomResourceDefinition with a schema that has a default and a list of named parts. */
export function definition(plural: string, group = 'example.com', kind = 'Thing'): JsonObject {
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', default: 3 },
          parts: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: { type: 'object', properties: { name: { type: 'string' }, color: { type: 'string' } } },
          },
        },
      },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

/** A Deployment whose Pods carry its name as a label. */
export function deployment(name: string, changes: JsonObject = {}): JsonObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1' }], ...changes } },
    },
  };
}

/** The condition of this type in the status of an object. */
export function conditionOf(object: JsonObject | undefined, type: string): JsonObject | undefined {
  const found = arrayAt(object, 'status', 'conditions').find((one) => stringAt(one, 'type') === type);
  return found as JsonObject | undefined;
}

/** The path of CustomResourceDefinitions. */
export const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
