import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { CallerContext, ClusterRegistry } from '../../registry/cluster-registry.ts';
import { callOf } from '../call.ts';
import { codecError } from '../decode/codec-error.ts';
import type { Message, MessageSchema } from '../decode/message.ts';
import { bindQuery, parseQuery, type QueryValues } from '../decode/query.ts';
import { decodeSaveRequest } from '../decode/save-request.ts';
import { splitTarget } from '../front-door.ts';
import { addWarnings, sendJson } from '../replies.ts';
import { clusterReply } from '../wire/cluster-reply.ts';
import { compileFieldSelector } from '../wire/field-selector.ts';
import { entityTag, listEntityTag, page, readEntityTags } from '../wire/paging.ts';

export const CLUSTERS_PATH = '/api/v1/clusters';

const text = Type.Optional(Type.String());
const flag = Type.Optional(Type.Boolean());

const GetQuery = Type.Object({ cluster_name: text });
const ListQuery = Type.Object({ field_selector: text, limit: text, continue: text });
const DeleteQuery = Type.Object({ cluster_name: text, insecure_skip_check: flag, force: flag });

interface NameParameter {
  readonly cluster_name: string;
}

/** Save, delete, get and list, as the original has them. */
export function clusterRoutes(api: FastifyInstance, registry: ClusterRegistry): void {
  const path = `${CLUSTERS_PATH}/:cluster_name`;
  api.post<{ Params: NameParameter }>(path, (request, reply) => save(registry, request, reply));
  api.delete<{ Params: NameParameter }>(path, (request, reply) => remove(registry, request, reply));
  api.get<{ Params: NameParameter }>(path, (request, reply) => get(registry, request, reply));
  api.get(CLUSTERS_PATH, (request, reply) => list(registry, request, reply));
}

type NamedRequest = FastifyRequest<{ Params: NameParameter }>;

async function save(registry: ClusterRegistry, request: NamedRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = request.params.cluster_name;
  const call = callOf(request);
  const body = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  const decoded = decodeSaveRequest(name, body, request.headers['content-type'], queryOf(request));
  const ifMatch = await readIfMatch(registry, call.context, name, request.headers['if-match']);
  const options = { skipCheck: decoded.skipCheck, ...(ifMatch === undefined ? {} : { ifMatch }) };
  const result = await call.within(registry.save(call.context, name, decoded.draft, options));
  const warnings = [...decoded.warnings, ...result.warnings];
  addWarnings(reply, warnings);
  void reply.header('etag', entityTag(result.generation));
  return sendJson(reply, 200, {
    message: `Successfully saved ${name} cluster`,
    commit: result.commit,
    changed: result.changed,
    generation: result.generation,
    status: `${CLUSTERS_PATH}/${name}/status`,
    events: `${CLUSTERS_PATH}/${name}/events`,
    warnings,
  });
}

async function remove(registry: ClusterRegistry, request: NamedRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = request.params.cluster_name;
  const call = callOf(request);
  const query = readQuery(request, DeleteQuery);
  const result = await call.within(registry.delete(call.context, name, { force: query.force === true }));
  return sendJson(reply, 200, {
    message: `Successfully deleted ${name} cluster`,
    commit: result.commit,
    receipt: `${CLUSTERS_PATH}/${name}/receipt`,
    events: `${CLUSTERS_PATH}/${name}/events`,
  });
}

async function get(registry: ClusterRegistry, request: NamedRequest, reply: FastifyReply): Promise<FastifyReply> {
  readQuery(request, GetQuery);
  const call = callOf(request);
  const { cluster, generation } = await call.within(registry.get(call.context, request.params.cluster_name));
  return sendTagged(request, reply, entityTag(generation), () => clusterReply(cluster));
}

async function list(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = readQuery(request, ListQuery);
  const matches = compileFieldSelector(textOf(query.field_selector));
  const call = callOf(request);
  const clusters = await call.within(registry.list(call.context));
  const selected = clusters.filter(({ cluster }) => matches(cluster));
  const result = page(selected, textOf(query.limit), textOf(query.continue));
  return sendTagged(request, reply, listEntityTag(result), () => ({
    items: result.items.map(({ cluster }) => clusterReply(cluster)),
    ...(result.continue === '' ? {} : { continue: result.continue }),
  }));
}

/** 304 when the caller has this content already. Caches may keep it for this caller, and have to ask each time. */
function sendTagged(request: FastifyRequest, reply: FastifyReply, tag: string, content: () => unknown): FastifyReply {
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache', vary: 'Authorization' });
  const known = readEntityTags(request.headers['if-none-match'] ?? '');
  if (known.includes('*') || known.some((value) => entityTag(value) === tag)) return reply.code(304).send();
  return sendJson(reply, 200, content());
}

/** `*` stands for the generation that there is now. */
async function readIfMatch(
  registry: ClusterRegistry,
  context: CallerContext,
  name: string,
  header: string | undefined,
): Promise<string | undefined> {
  if (header === undefined) return undefined;
  const tags = readEntityTags(header);
  const [tag] = tags;
  if (tag === undefined || tags.length > 1) throw codecError('If-Match: exactly one entity tag is understood');
  return tag === '*' ? (await registry.get(context, name)).generation : tag;
}

export function queryOf(request: FastifyRequest): QueryValues {
  return parseQuery(splitTarget(request.raw.url ?? '').query.slice(1));
}

/** The parameters of the query that the schema names. @throws Codec */
export function readQuery(request: FastifyRequest, schema: MessageSchema): Message {
  const message: Message = {};
  bindQuery(message, schema, queryOf(request));
  return message;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
