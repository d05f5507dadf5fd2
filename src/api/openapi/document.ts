import type { TSchema } from 'typebox';
import { Component } from '../../contract/schemas/cluster.ts';
import { ErrorReply } from '../../contract/schemas/replies.ts';
import type { Operation, ReplyDescription } from '../../contract/operation.ts';

/** JSON Schema, or anything else of the document: data that is only written out. */
type Json = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: Json;
  readonly tags: readonly Json[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json };
}

const DESCRIPTION =
  'Registers Kubernetes clusters as runtime environments. The operations `Cluster_SaveCluster`, ' +
  '`Cluster_DeleteCluster`, `Cluster_GetCluster` and `Cluster_ListClusters` are those of Nautes 0.4; spellings of 0.2 ' +
  'and 0.3 are understood too. New fields in answers can come at any time: ignore those you do not know.';

const TAGS: Readonly<Record<string, string>> = {
  Cluster: 'Registering clusters and following what becomes of them.',
  Fleet: 'All clusters at a glance.',
  Catalog: 'The components that clusters can have.',
  Session: 'Login of browsers.',
  Server: 'The server itself.',
  Webhook: 'For Git servers, not for people.',
};

/** Errors that every operation with a token can answer. */
const COMMON_ERRORS: Readonly<Record<number, string>> = {
  401: 'The token is missing, unknown or expired.',
  403: 'The token does not allow this.',
  429: 'Too many unknown tokens have come from this address; `Retry-After` says when to come back.',
  500: 'Something unexpected happened (`UNKNOWN`); the server log has the request id.',
  503: 'A part that is needed is not available; `Retry-After` says when to try again where that is known.',
  504: 'It took too long and was given up.',
};

const HOOK_ERRORS: Readonly<Record<number, string>> = {
  401: 'The secret is missing or wrong.',
  500: COMMON_ERRORS[500] ?? '',
  503: COMMON_ERRORS[503] ?? '',
};

/** The API description (OpenAPI 3.1) of the operations. */
export function openApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const schemas = new Schemas();
  schemas.describe(Component);
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = describeOperation(operation, schemas);
  }
  return {
    openapi: '3.1.0',
    // The version of the interface: the document is open to everybody, and the program's version is not.
    info: { title: 'Nautes', version: 'v1', description: DESCRIPTION },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.named(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An access token: of GitLab or Gitea where the server is configured so, else one of `nautes token create`.',
        },
        hookToken: { type: 'apiKey', in: 'header', name: 'X-Gitlab-Token', description: 'The secret of the hook.' },
        hookSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Gitea-Signature',
          description: 'Proves the secret of the hook.',
        },
      },
    },
  };
}

function describeOperation(operation: Operation, schemas: Schemas): Json {
  const { id, summary, description, access, body } = operation;
  const needs = access === 'open' || access === 'webhook' ? '' : `Needs a token of a ${access}.`;
  return {
    operationId: id,
    tags: [id.slice(0, id.indexOf('_'))],
    summary,
    description: [description ?? '', needs].filter(Boolean).join(' '),
    security: securityOf(operation),
    parameters: describeParameters(operation, schemas),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemas.describe(body) } } } }),
    responses: describeResponses(operation, schemas),
  };
}

function securityOf({ access, path }: Operation): Json[] {
  if (access === 'open') return [];
  if (access !== 'webhook') return [{ token: [] }];
  return [{ [path.endsWith('/gitlab') ? 'hookToken' : 'hookSignature']: [] }];
}

function describeParameters({ path, query, headers = {} }: Operation, schemas: Schemas): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const inQuery = Object.entries(query?.properties ?? {}).filter(([name]) => !inPath.includes(name));
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...inQuery.map(([name, property]) => {
      const { description, ...schema } = schemas.describe(property);
      return { name, in: 'query', description, schema };
    }),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ];
}

function describeResponses({ replies, errors = {}, access }: Operation, schemas: Schemas): Json {
  const error = (description: string): ReplyDescription => ({
    description,
    content: { 'application/json': ErrorReply },
  });
  const common = access === 'open' ? {} : access === 'webhook' ? HOOK_ERRORS : COMMON_ERRORS;
  const described = Object.entries({ ...common, ...errors }).map(([status, text]) => [status, error(text)] as const);
  const all: Readonly<Record<string, ReplyDescription>> = { ...Object.fromEntries(described), ...replies };
  return Object.fromEntries(Object.entries(all).map(([status, reply]) => [status, describeReply(reply, schemas)]));
}

function describeReply({ description, content = {}, headers = {} }: ReplyDescription, schemas: Schemas): Json {
  const media = Object.entries(content).map(([type, schema]) => [type, { schema: schemas.describe(schema) }]);
  const named = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named) }),
    ...(media.length === 0 ? {} : { content: Object.fromEntries(media) }),
  };
}

/** Schemas with an `$id` become components, which others refer to. */
class Schemas {
  readonly #named = new Map<string, Json>();

  named(): Readonly<Record<string, Json>> {
    return Object.fromEntries([...this.#named].toSorted(([left], [right]) => (left < right ? -1 : 1)));
  }

  describe(schema: TSchema): Json {
    return this.#value(schema) as Json;
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (typeof value !== 'object' || value === null) return value;
    const { $id, ...rest } = value as { readonly $id?: string };
    if ($id === undefined) return this.#members(rest);
    if (!this.#named.has($id)) this.#named.set($id, this.#members(rest));
    return { $ref: `#/components/schemas/${$id}`, ...ownAnnotations(rest, this.#named.get($id) ?? {}) };
  }

  #members(value: object): Json {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.#value(member)]));
  }
}

/** What a place says of a schema besides what the schema says itself. */
function ownAnnotations(place: Json, schema: Json): Json {
  const names = ['description', 'deprecated'].filter((name) => name in place && place[name] !== schema[name]);
  return Object.fromEntries(names.map((name) => [name, place[name]]));
}
