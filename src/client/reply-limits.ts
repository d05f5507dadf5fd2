import { exceededJsonLimit, type JsonLimits } from '../base/network/json-shape.ts';
import type { ViewName } from '../contract/views.ts';

/** How much of a server's reply is read, and how large its JSON may be before it is parsed. */
export interface ReplyLimits extends JsonLimits {
  readonly bytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Of any reply: arrays and objects inside each other. */
const MAXIMUM_REPLY_DEPTH = 64;

/** Of an error, and of a reply about one thing. */
export const SMALL_REPLY_LIMITS: ReplyLimits = { bytes: 256 * KIB, depth: MAXIMUM_REPLY_DEPTH, values: 20_000 };
/** Of everything that is known of one cluster, of a page of events, of the catalogue. */
export const CLUSTER_REPLY_LIMITS: ReplyLimits = { bytes: 32 * MIB, depth: MAXIMUM_REPLY_DEPTH, values: 500_000 };
/** Of a list of all clusters. */
export const LIST_REPLY_LIMITS: ReplyLimits = { bytes: 64 * MIB, depth: MAXIMUM_REPLY_DEPTH, values: 2_000_000 };

const SMALL: ReadonlySet<ViewName> = new Set<ViewName>([
  'caller',
  'commit',
  'deleted',
  'event',
  'readiness',
  'saved',
  'session',
  'loginLink',
  'syncRequested',
]);
const LISTS: ReadonlySet<ViewName> = new Set<ViewName>(['clusters', 'statuses']);

export function limitsOf(view: ViewName): ReplyLimits {
  if (SMALL.has(view)) return SMALL_REPLY_LIMITS;
  return LISTS.has(view) ? LIST_REPLY_LIMITS : CLUSTER_REPLY_LIMITS;
}

/** A reply that exceeds a limit. */
export class ReplyLimitExceeded extends Error {
  override readonly name = 'ReplyLimitExceeded';
  readonly limit: keyof ReplyLimits;
  readonly limits: ReplyLimits;

  constructor(limit: keyof ReplyLimits, limits: ReplyLimits) {
    super(`a reply exceeds its limit of ${limit}`);
    this.limit = limit;
    this.limits = limits;
  }
}

/** The text of a body whose JSON, if it is JSON, is within the limits. @throws ReplyLimitExceeded */
export async function readWithin(body: AsyncIterable<Buffer>, limits: ReplyLimits): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limits.bytes) throw new ReplyLimitExceeded('bytes', limits);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const exceeded = exceededJsonLimit(bytes, limits);
  if (exceeded !== undefined) throw new ReplyLimitExceeded(exceeded, limits);
  return bytes.toString('utf8');
}
