import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const compress = promisify(gzip);

/** JSON that is longer is compressed when the client takes it; less gains nothing. In bytes. */
export const COMPRESSION_THRESHOLD_BYTES = 4 * 1024;

/** 5,000 clusters: a twentieth of the bytes; higher levels cost twice the time for a tenth less. */
const LEVEL = 4;

/** The payload of a reply, compressed when it is long JSON and the client takes gzip. Streams are never. */
export async function compressed(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const isLong = payload instanceof Buffer && payload.length > COMPRESSION_THRESHOLD_BYTES;
  if (!isLong || reply.getHeader('content-type') !== 'application/json') return payload;
  if (reply.hasHeader('content-encoding')) return payload;
  const { vary } = reply.getHeaders();
  void reply.header('vary', vary === undefined ? 'Accept-Encoding' : `${String(vary)}, Accept-Encoding`);
  if (!acceptsGzip(request.headers['accept-encoding'])) return payload;
  markCompressed(reply);
  return await gzipped(payload);
}

/** Says that the body is gzip: another representation, whose tag is a weak one. */
export function markCompressed(reply: FastifyReply): void {
  const tag = reply.getHeader('etag');
  if (typeof tag === 'string' && !tag.startsWith('W/')) void reply.header('etag', `W/${tag}`);
  void reply.header('content-encoding', 'gzip').removeHeader('content-length');
}

export function gzipped(content: Uint8Array): Promise<Buffer> {
  return compress(content, { level: LEVEL, strategy: constants.Z_DEFAULT_STRATEGY });
}

/** Whether the client takes gzip (RFC 9110, 12.5.3): named, or by `*`, and not with a weight of 0. */
export function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = new Map<string, boolean>();
  for (const item of String(header ?? '')
    .toLowerCase()
    .split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length);
    codings.set(coding, weight === undefined || Number(weight) > 0);
  }
  return codings.get('gzip') ?? codings.get('*') ?? false;
}
