import { message, render } from '../../messages/message.ts';
import type { Language, Message } from '../../messages/text.ts';
import { defined } from '../../base/defined.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import type { ClusterListing, ClusterRegistry, SaveResult } from '../../registry/cluster-registry.ts';
import { callOf } from '../http/call.ts';
import { codecError } from '../decode/codec-error.ts';
import { decodeSaveRequest } from '../decode/save-request.ts';
import { operations } from '../../contract/operations.ts';
import { clusterPath, paths } from '../../contract/paths.ts';
import { ClusterReply } from '../../contract/schemas/cluster.ts';
import { addWarnings, sendJson, sendTexts, textHeaders } from '../http/replies.ts';
import { clusterNameOf, languageOf, queryOf, readQuery, type Route, textOf } from '../http/route.ts';
import { DeleteQuery, GetQuery, ListQuery } from '../../contract/schemas/queries.ts';
import type { Reply } from '../../contract/reply.ts';
import { DeletionPlanReply } from '../../contract/schemas/deletion-plan.ts';
import { ClusterListReply, CommitReply, DeleteReply, SaveReply } from '../../contract/schemas/replies.ts';
import { canonicalJson } from '../../base/hash.ts';
import { statusSummary } from '../../contract/status-summary.ts';
import type { StatusSummaryView } from '../../contract/views.ts';
import type { Cluster } from '../../resources/cluster/cluster.ts';
import { clusterKind } from '../../resources/cluster/cluster-kind.ts';
import { deletionPlanReply } from '../wire/deletion-plan-reply.ts';
import { statusReply } from '../wire/status-reply.ts';
import { wantsOlderFields, withOlderFields } from '../wire/older-reply.ts';
import { resourceReply } from '../wire/resource-reply.ts';
import type { ServerViews } from './server.ts';
import { compileFieldSelector } from '../wire/field-selector.ts';
import { entityTag, listEntityTag, type ListItem, page, readEntityTags } from '../wire/paging.ts';

/** Save, delete, get and list, as the original has them, and what else changes a registration or tells of it. */
export function clusterRoutes(registry: ClusterRegistry, views: Pick<ServerViews, 'graceSeconds'>): readonly Route[] {
  return [
    { operation: operations.saveCluster, handle: (request, reply) => save(registry, request, reply) },
    { operation: operations.deleteCluster, handle: (request, reply) => remove({ registry, ...views }, request, reply) },
    { operation: operations.getCluster, handle: (request, reply) => get(registry, request, reply) },
    { operation: operations.listClusters, handle: (request, reply) => list(registry, request, reply) },
    { operation: operations.rotateCredential, handle: (request, reply) => rotate(registry, request, reply) },
    { operation: operations.getClusterCommit, handle: (request, reply) => lastCommit(registry, request, reply) },
  ];
}

async function save(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = clusterNameOf(request);
  const call = callOf(request);
  const decoded = decodeSaveRequest(
    name,
    await bodyOfWriter(registry, request),
    request.headers['content-type'],
    queryOf(request),
  );
  const ifMatch = readIfMatch(request.headers['if-match']);
  const options = { skipCheck: decoded.skipCheck, takeOver: decoded.takeOver, ...defined({ ifMatch }) };
  const result = await call.within(registry.save(call.context, name, decoded.draft, options));
  const warnings = [...decoded.warnings, ...result.warnings];
  addWarnings(reply, warnings);
  return sendSaved(request, reply, message('Saved', { name }), { ...result, warnings });
}

/** The answer to a change of a registration. */
export function sendSaved(
  request: FastifyRequest,
  reply: FastifyReply,
  said: Message,
  result: SaveResult,
): FastifyReply {
  const name = clusterNameOf(request);
  const language = languageOf(request);
  void reply.header('etag', entityTag(result.generation));
  return sendTexts(reply, language, 200, SaveReply, {
    message: render(said, language),
    commit: result.commit,
    changed: result.changed,
    generation: result.generation,
    status: clusterPath(paths.clusterStatus, name),
    events: clusterPath(paths.clusterEvents, name),
    warnings: result.warnings.map((warning) => render(warning, language)),
  });
}

/** What an annotation of the file can hold. */
const IDEMPOTENCY_KEY = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

async function rotate(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = clusterNameOf(request);
  const call = callOf(request);
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key))) {
    throw codecError(message('Codec.idempotencyKey'));
  }
  const ifMatch = readIfMatch(request.headers['if-match']);
  const options = defined({ ifMatch, key });
  const result = await call.within(registry.rotate(call.context, name, options));
  return sendSaved(request, reply, message('RotationRequested', { name }), result);
}

async function lastCommit(
  registry: ClusterRegistry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const call = callOf(request);
  const { id, author, time, subject, trailers } = await call.within(
    registry.lastCommit(call.context, clusterNameOf(request)),
  );
  return sendJson(reply, 200, CommitReply, {
    commit: id,
    author,
    time,
    subject,
    operation: trailers.get('Operation') ?? '',
    request_id: trailers.get('Request-Id') ?? '',
  });
}

interface RemovalParts extends Pick<ServerViews, 'graceSeconds'> {
  readonly registry: ClusterRegistry;
}

async function remove(
  { registry, graceSeconds }: RemovalParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const name = clusterNameOf(request);
  const call = callOf(request);
  const query = readQuery(request, DeleteQuery);
  const options = { force: query.force === true };
  const language = languageOf(request);
  if (isDryRun(request, query.dry_run)) {
    const plan = await call.within(registry.planDeletion(call.context, name, options));
    return sendTexts(
      reply,
      language,
      200,
      DeletionPlanReply,
      deletionPlanReply(name, plan, { language, graceSeconds }),
    );
  }
  const result = await call.within(registry.delete(call.context, name, options));
  return sendTexts(reply, language, 200, DeleteReply, {
    message: render(message('Deleted.reply', { name }), language),
    commit: result.commit,
    receipt: clusterPath(paths.clusterReceipt, name),
    events: clusterPath(paths.clusterEvents, name),
  });
}

/** Whatever looks like a dry run deletes nothing: a parameter without a value is one, another spelling is refused. */
function isDryRun(request: FastifyRequest, value: unknown): boolean {
  const given = [...queryOf(request).keys()].filter((key) => /^dry[-_]?run$/i.test(key));
  const other = given.find((key) => key !== 'dry_run');
  if (other !== undefined) throw codecError(message('Codec.dryRun', { parameter: other }));
  return value === true || (given.length > 0 && value === undefined);
}

async function get(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  readQuery(request, GetQuery);
  const call = callOf(request);
  const { cluster, generation } = await call.within(registry.get(call.context, clusterNameOf(request)));
  return sendTagged(request, reply, entityTag(generation), ClusterReply, () => clusterReply(request, cluster));
}

async function list(registry: ClusterRegistry, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const query = readQuery(request, ListQuery);
  const matches = compileFieldSelector(clusterKind, textOf(query.field_selector));
  const call = callOf(request);
  const language = languageOf(request);
  const listed = listItems(await call.within(registry.list(call.context)), language);
  const selected = listed.filter(({ name, cluster }) => matches(cluster ?? { name }));
  const result = page(selected, textOf(query.limit), textOf(query.continue));
  const summaries = result.items.flatMap(({ summary }) => summary ?? []);
  const texts = summaries.length === 0 ? {} : textHeaders(language);
  void reply.headers({ ...texts, vary: 'Authorization, Accept, Accept-Language' });
  return sendTagged(request, reply, listEntityTag(result), ClusterListReply, () => ({
    items: result.items.flatMap(({ cluster }) => (cluster === undefined ? [] : [clusterReply(request, cluster)])),
    ...(result.continue === '' ? {} : { continue: result.continue }),
    ...(summaries.length === 0 ? {} : { unregistered: summaries }),
  }));
}

function clusterReply({ headers }: FastifyRequest, cluster: Cluster): Reply<typeof ClusterReply> {
  const reply = resourceReply(clusterKind, cluster);
  return wantsOlderFields(headers.accept) ? withOlderFields(clusterKind, reply) : reply;
}

/** A cluster in the list: as it is registered, or how it is where there is no registration to show. */
interface ListedCluster extends ListItem {
  readonly cluster?: Cluster;
  readonly summary?: StatusSummaryView;
}

/** Both lists as one, in the order of names. */
function listItems({ registered, unregistered }: ClusterListing, language: Language): readonly ListedCluster[] {
  const items: ListedCluster[] = registered.map(({ cluster, generation }) => {
    return { name: cluster.name, version: generation, cluster };
  });
  if (unregistered.length === 0) return items;
  for (const status of unregistered) {
    const summary = statusSummary(statusReply(status, language));
    items.push({ name: status.name, version: canonicalJson(summary), summary });
  }
  return items.sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** What was sent, not decoded. */
/** Bodies up to this size are decoded before it is known what the caller may do: that takes less than asking. */
const SMALL_BODY_BYTES = 16 * 1024;

/** The body of a save or of its plan. @throws NoAuthorization for a large one of a caller who may not register clusters */
export async function bodyOfWriter(registry: ClusterRegistry, request: FastifyRequest): Promise<Buffer> {
  const body = bodyOf(request);
  const call = callOf(request);
  if (body.length > SMALL_BODY_BYTES) await call.within(registry.authorizeSave(call.context));
  return body;
}

/** The bytes of the body; none when there is none. */
export function bodyOf(request: FastifyRequest): Buffer {
  return request.body instanceof Buffer ? request.body : Buffer.alloc(0);
}

/** 304 when the caller has this content already. Caches may keep it for this caller, and have to ask each time. */
function sendTagged<S extends TSchema>(
  request: FastifyRequest,
  reply: FastifyReply,
  tag: string,
  schema: S,
  content: () => Reply<S>,
): FastifyReply {
  const vary = reply.getHeader('vary') ?? 'Authorization, Accept';
  void reply.headers({ etag: tag, 'cache-control': 'private, no-cache', vary });
  const known = readEntityTags(request.headers['if-none-match'] ?? '');
  if (known.includes('*') || known.some((value) => entityTag(value) === tag)) return reply.code(304).send();
  return sendJson(reply, 200, schema, content());
}

/** One generation, or `*` for any. Whether it is there is checked by the use case, which asks for rights first. */
export function readIfMatch(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const tags = readEntityTags(header);
  const [tag] = tags;
  if (tag === undefined || tags.length > 1) throw codecError(message('Codec.ifMatch'));
  return tag;
}
