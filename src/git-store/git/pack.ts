import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import { type ObjectType, objectId } from './objects.ts';
import type { Splice } from './sorted-records.ts';

/** Longer chains of deltas make reading slow (the default of git). */
const MAXIMUM_DELTA_DEPTH = 50;

/** Object types in a pack (gitformat-pack). */
const TYPE_NUMBERS = { commit: 1, tree: 2, blob: 3 } as const;
const OFFSET_DELTA = 6;

const SMALL_BYTES = 4096;

/** A pack and its index, ready to be written. */
export interface Pack {
  /** File name without `.pack` or `.idx`. */
  readonly name: string;
  readonly pack: Buffer;
  readonly index: Buffer;
}

interface PackedObject {
  readonly id: string;
  readonly offset: number;
  readonly checksum: number;
  readonly depth: number;
  readonly size: number;
}

/** Objects on their way into one pack. Whoever adds a delta says what changed, nothing is compared. */
export class PackBuilder {
  readonly #objects = new Map<string, PackedObject>();
  readonly #parts: Buffer[] = [Buffer.alloc(12)];
  #length = 12;

  get size(): number {
    return this.#objects.size;
  }

  /** Adds an object as a whole, once. Returns its id. */
  add(type: ObjectType, content: Buffer): string {
    const id = objectId(type, content);
    if (!this.#objects.has(id)) {
      const start = encodeHeader(TYPE_NUMBERS[type], content.length);
      this.#append(id, { size: content.length, depth: 0 }, start, deflate(content, type));
    }
    return id;
  }

  /**
   * Adds an object that came from another one by the splices, each on the outcome of the one before:
   * as a delta when that one is in this pack.
   */
  addChanged(type: ObjectType, content: Buffer, baseId: string, splices: readonly Splice[] | undefined): string {
    const base = this.#objects.get(baseId);
    if (base === undefined || splices === undefined || base.depth >= MAXIMUM_DELTA_DEPTH)
      return this.add(type, content);
    const id = objectId(type, content);
    if (this.#objects.has(id)) return id;
    const delta = encodeDelta(base.size, content.length, splices);
    const start = [encodeHeader(OFFSET_DELTA, delta.length), encodeOffset(this.#length - base.offset)];
    this.#append(id, { size: content.length, depth: base.depth + 1 }, Buffer.concat(start), deflate(delta));
    return id;
  }

  finish(): Pack {
    const header = this.#parts[0] ?? Buffer.alloc(12);
    header.write('PACK');
    header.writeUInt32BE(2, 4);
    header.writeUInt32BE(this.#objects.size, 8);
    const body = Buffer.concat(this.#parts);
    const checksum = createHash('sha1').update(body).digest();
    const index = encodeIndex([...this.#objects.values()], checksum);
    return { name: `pack-${checksum.toString('hex')}`, pack: Buffer.concat([body, checksum]), index };
  }

  #append(id: string, object: Pick<PackedObject, 'size' | 'depth'>, start: Buffer, deflated: Buffer): void {
    const entry = Buffer.concat([start, deflated]);
    this.#objects.set(id, { ...object, id, offset: this.#length, checksum: crc32(entry) });
    this.#parts.push(entry);
    this.#length += entry.length;
  }
}

/**
 * Fast rather than small: a later repack of git stores the differences of large objects only.
 * A large tree is stored as it is, since it consists of ids, which do not become smaller.
 */
function deflate(data: Buffer, type?: ObjectType): Buffer {
  // The compressor takes longer to start than everything else takes.
  if (data.length <= SMALL_BYTES) return store(data);
  return deflateSync(data, { level: type === 'tree' ? 0 : 1 });
}

/** The data as a stream of zlib (RFC 1950) with one block that is stored as it is (RFC 1951, 3.2.4). */
function store(data: Buffer): Buffer {
  const { length } = data;
  const stream = Buffer.allocUnsafe(length + 11);
  stream.set([0x78, 0x01, 0x01]); // deflate with the fastest level; the last block, stored
  stream.writeUInt16LE(length, 3);
  stream.writeUInt16LE(length ^ 0xffff, 5);
  data.copy(stream, 7);
  stream.writeUInt32BE(adler32(data), length + 7);
  return stream;
}

/** The checksum of RFC 1950; sums of so few bytes stay far below 2^53. */
function adler32(data: Buffer): number {
  let [low, high] = [1, 0];
  for (const byte of data) {
    low += byte;
    high += low;
  }
  return ((high % 65_521) * 65_536 + (low % 65_521)) >>> 0;
}

function encodeHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((rest > 0 ? 0x80 : 0) | (type << 4) | (size % 16));
  while (rest > 0) {
    const next = Math.floor(rest / 128);
    bytes.push((next > 0 ? 0x80 : 0) | (rest % 128));
    rest = next;
  }
  return Buffer.from(bytes);
}

/** The distance to the base of a delta: most significant group first, each but the last less one. */
function encodeOffset(distance: number): Buffer {
  const bytes = [distance % 128];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift(0x80 | (rest % 128));
  }
  return Buffer.from(bytes);
}

function encodeDelta(baseSize: number, size: number, splices: readonly Splice[]): Buffer {
  const parts = [encodeSize(baseSize), encodeSize(size)];
  let done = 0;
  for (const { offset, removed, inserted } of onBase(splices)) {
    parts.push(encodeCopy(done, offset - done), encodeInsert(inserted));
    done = offset + removed;
  }
  parts.push(encodeCopy(done, baseSize - done));
  return Buffer.concat(parts);
}

/** The splices by their places in the base, from the first place to the last. They must not touch each other's bytes. */
function onBase(splices: readonly Splice[]): Splice[] {
  const placed: Splice[] = [];
  for (const splice of splices) {
    let index = 0;
    let shift = 0;
    for (; index < placed.length; index += 1) {
      const earlier = placed[index];
      if (earlier === undefined || splice.offset < earlier.offset + shift + earlier.inserted.length) break;
      shift += earlier.inserted.length - earlier.removed;
    }
    placed.splice(index, 0, { ...splice, offset: splice.offset - shift });
  }
  return placed;
}

function encodeSize(size: number): Buffer {
  const bytes: number[] = [];
  let rest = size;
  do {
    const next = Math.floor(rest / 128);
    bytes.push((next > 0 ? 0x80 : 0) | (rest % 128));
    rest = next;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** One instruction copies at most 64 KiB, which every reader understands. */
function encodeCopy(offset: number, length: number): Buffer {
  const bytes: number[] = [];
  for (let done = 0; done < length; ) {
    const size = Math.min(0x10000, length - done);
    const start = offset + done;
    const instruction = bytes.push(0x80) - 1;
    const values = [start, start >>> 8, start >>> 16, start >>> 24, ...(size === 0x10000 ? [] : [size, size >>> 8])];
    for (const [bit, value] of values.entries()) {
      if ((value & 0xff) === 0) continue;
      bytes[instruction] = (bytes[instruction] ?? 0) | (1 << bit);
      bytes.push(value & 0xff);
    }
    done += size;
  }
  return Buffer.from(bytes);
}

function encodeInsert(content: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < content.length; start += 127) {
    const part = content.subarray(start, start + 127);
    parts.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat(parts);
}

/** Version 2 of the pack index (gitformat-pack); packs stay far below 2 GiB, so that no long offsets are needed. */
function encodeIndex(objects: readonly PackedObject[], packChecksum: Buffer): Buffer {
  const sorted = [...objects].sort((left, right) => (left.id < right.id ? -1 : 1));
  const count = sorted.length;
  const index = Buffer.alloc(8 + 256 * 4 + count * 28 + 40);
  index.writeUInt32BE(0xff744f63, 0);
  index.writeUInt32BE(2, 4);
  const ids = 8 + 256 * 4;
  const checksums = ids + count * 20;
  const offsets = checksums + count * 4;
  const fanout = new Uint32Array(256);
  for (const [position, object] of sorted.entries()) {
    index.write(object.id, ids + position * 20, 'hex');
    index.writeUInt32BE(object.checksum, checksums + position * 4);
    index.writeUInt32BE(object.offset, offsets + position * 4);
    const first = Number.parseInt(object.id.slice(0, 2), 16);
    fanout[first] = (fanout[first] ?? 0) + 1;
  }
  let total = 0;
  for (const [first, number] of fanout.entries()) {
    total += number;
    index.writeUInt32BE(total, 8 + first * 4);
  }
  packChecksum.copy(index, offsets + count * 4);
  const end = index.length - 20;
  createHash('sha1').update(index.subarray(0, end)).digest().copy(index, end);
  return index;
}
