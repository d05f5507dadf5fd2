import type { JsonObject } from '../base/json.ts';
import { apiVersionOf, type ResourceDefinition } from '../resources/resource-definition.ts';
import { KUBERNETES_VERSION } from '../base/version.ts';

/**
 * The OpenAPI documents as far as kubectl asks for them: which operations exist and that they take
 * `fieldValidation` and `dryRun`. Not simulated: the schemas of built-in kinds.
 */

function documentPath(resource: ResourceDefinition): string {
  return resource.group === '' ? `api/${resource.version}` : `apis/${apiVersionOf(resource)}`;
}

/** `/openapi/v3`: the paths of the documents of each group version. */
export function openApiIndex(resources: readonly ResourceDefinition[], revision: number): JsonObject {
  const paths = [...new Set(resources.map(documentPath))];
  return {
    paths: Object.fromEntries(
      paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${revision}` }]),
    ),
  };
}

/** `/openapi/v3/<path>`, or undefined for a group version that is not served. */
export function openApiDocument(resources: readonly ResourceDefinition[], path: string): JsonObject | undefined {
  const own = resources.filter((resource) => documentPath(resource) === path);
  if (own.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
    paths: Object.fromEntries(own.map((resource) => [operationPath(resource), operations(resource)])),
    components: { schemas: Object.fromEntries(own.map((resource) => [schemaName(resource), schema(resource)])) },
  };
}

function operationPath(resource: ResourceDefinition): string {
  const namespace = resource.namespaced ? '/namespaces/{namespace}' : '';
  return `/${documentPath(resource)}${namespace}/${resource.plural}/{name}`;
}

function operations(resource: ResourceDefinition): JsonObject {
  const { group, version, kind } = resource;
  const operation = (action: string): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
      name,
      in: 'query',
      schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
    })),
    responses: { 200: { description: 'OK' } },
  });
  return { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') };
}

function schemaName(resource: ResourceDefinition): string {
  const reversed = resource.group === '' ? 'io.k8s.api.core' : resource.group.split('.').toReversed().join('.');
  return `${reversed}.${resource.version}.${resource.kind}`;
}

function schema(resource: ResourceDefinition): JsonObject {
  const { group, version, kind } = resource;
  return {
    type: 'object',
    ...resource.custom?.openApiSchema,
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  };
}

/** `/openapi/v2`: a document without definitions. */
export const OPENAPI_V2: JsonObject = {
  swagger: '2.0',
  info: { title: 'Kubernetes', version: KUBERNETES_VERSION },
  paths: {},
  definitions: {},
};
