import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Types of entries in a pack (gitformat-pack). */
const TREE = 2;
const BLOB = 3;
const OFFSET_DELTA = 6;

/** A pack of a few bytes whose second object is a delta that makes half a gigabyte of its base. */
export function deltaBomb(): Buffer {
  const [baseSize, copies] = [64 * KIB, 8 * KIB];
  const base = entry(BLOB, baseSize, Buffer.alloc(baseSize));
  // "Copy from the begin of the base": 64 KiB is written as a size of 0.
  const delta = Buffer.concat([varint(baseSize), varint(baseSize * copies), Buffer.alloc(copies, 0x80)]);
  const header = Buffer.concat([sizeOf(OFFSET_DELTA, delta.length), offset(base.length)]);
  return pack([base, Buffer.concat([header, deflateSync(delta)])]);
}

/** A pack whose only object is a directory that says it has a gigabyte. */
export function treeBomb(): Buffer {
  return pack([entry(TREE, KIB * MIB, Buffer.alloc(MIB))]);
}

function pack(entries: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(entries.length, 8);
  const content = Buffer.concat([header, ...entries]);
  return Buffer.concat([content, createHash('sha1').update(content).digest()]);
}

function entry(type: number, size: number, content: Buffer): Buffer {
  return Buffer.concat([sizeOf(type, size), deflateSync(content)]);
}

/** Type and size: four bits of the size in the first byte, seven in each that follows. */
function sizeOf(type: number, size: number): Buffer {
  const rest = Math.floor(size / 16);
  const first = (type << 4) | (size % 16);
  return rest === 0 ? Buffer.from([first]) : Buffer.concat([Buffer.from([first | 0x80]), varint(rest)]);
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** How far before a delta its base begins: seven bits a byte, the highest first, each byte that follows adds one. */
function offset(distance: number): Buffer {
  const bytes = [distance % 0x80];
  for (let rest = Math.floor(distance / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    rest -= 1;
    bytes.unshift((rest % 0x80) | 0x80);
  }
  return Buffer.from(bytes);
}
