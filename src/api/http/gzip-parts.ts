import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, deflateRawSync } from 'node:zlib';

const deflate = promisify(deflateRaw);

/** Higher levels cost twice the time for a hundredth less. */
const LEVEL = 5;

/** Ends at a byte and refers to nothing before it, so that parts can be put together in any order. */
const PART = { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH } as const;

/** Magic number, deflate, no flags, no time, unknown system (RFC 1952, 2.3). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** An empty last block (RFC 1951, 3.2.6). */
const END = Buffer.from([0x03, 0x00]);

/** Bytes, and the same compressed as a part of a stream. */
export interface GzipPart {
  readonly plain: Uint8Array;
  readonly deflated: Uint8Array;
}

/** Compresses outside the event loop. */
export async function gzipPart(plain: Uint8Array): Promise<GzipPart> {
  return { plain, deflated: await deflate(plain, PART) };
}

/** For a few bytes. */
export function smallGzipPart(text: string): GzipPart {
  const plain = Buffer.from(text);
  return { plain, deflated: deflateRawSync(plain, PART) };
}

/** One gzip member of all parts. Browsers read the first member of a stream only, so that each cannot be one. */
export function joinGzip(parts: readonly GzipPart[]): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(
    parts.reduce((sum, { plain }) => crc32(plain, sum), 0),
    0,
  );
  trailer.writeUInt32LE(parts.reduce((sum, { plain }) => sum + plain.byteLength, 0) % 2 ** 32, 4);
  return Buffer.concat([HEADER, ...parts.map(({ deflated }) => deflated), END, trailer]);
}
