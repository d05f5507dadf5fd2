/**
 * The part of DER (ITU-T X.690) that writing and re-reading an X.509 certificate needs.
 * A writer returns one complete element (tag, length, content) as bytes.
 */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const CONTEXT_SPECIFIC = 0x80;
const CONSTRUCTED = 0x20;

/** Any element: `tag` is the identifier octet (tag numbers above 30 are not supported). */
export function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOctets(content.length), content]);
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.from([0x80 | octets.length, ...octets]);
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(TAG.sequence, Buffer.concat(elements));
}

/** A SET with one element; more would have to be sorted. */
export function setOfOne(only: Uint8Array): Buffer {
  return element(TAG.set, only);
}

/** A context-specific element with its own tag around whole elements (EXPLICIT, or an IMPLICIT constructed one). */
export function contextConstructed(tagNumber: number, ...elements: readonly Uint8Array[]): Buffer {
  return element(CONTEXT_SPECIFIC | CONSTRUCTED | tagNumber, Buffer.concat(elements));
}

/** A context-specific element that replaces the tag of a primitive one (IMPLICIT). */
export function contextPrimitive(tagNumber: number, content: Uint8Array): Buffer {
  return element(CONTEXT_SPECIFIC | tagNumber, content);
}

export function boolean(value: boolean): Buffer {
  return element(TAG.boolean, Buffer.from([value ? 0xff : 0x00]));
}

/** An INTEGER that is not negative, given as big-endian bytes. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const needsSign = digits.length === 0 || (digits[0] ?? 0) >= 0x80;
  return element(TAG.integer, needsSign ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

export function octetString(content: Uint8Array): Buffer {
  return element(TAG.octetString, content);
}

/** A BIT STRING of whole bytes. */
export function bitString(content: Uint8Array): Buffer {
  return element(TAG.bitString, Buffer.concat([Buffer.from([0]), content]));
}

/** A BIT STRING of named bits: the numbers of the bits that are set, trailing zero bits left out (X.690, 11.2.2). */
export function namedBits(bits: readonly number[]): Buffer {
  const highest = Math.max(-1, ...bits);
  const octets = Buffer.alloc(Math.ceil((highest + 1) / 8));
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return element(TAG.bitString, Buffer.concat([Buffer.from([octets.length * 8 - (highest + 1)]), octets]));
}

/** An OBJECT IDENTIFIER from its dotted form, e.g. `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) octets.push(...base128(arc));
  return element(TAG.objectIdentifier, Buffer.from(octets));
}

function base128(arc: number): number[] {
  const groups = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest % 128) | 0x80);
  return groups;
}

export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/**
 * A point in time, to the second: UTCTime for the years 1950 to 2049 and GeneralizedTime otherwise (RFC 5280, 4.1.2.5).
 * @throws RangeError when the year is not within 0 to 9999
 */
export function time(date: Date): Buffer {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError('a certificate can only name years from 0 to 9999');
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return year >= 1950 && year < 2050
    ? element(TAG.utcTime, Buffer.from(digits.slice(2), 'ascii'))
    : element(TAG.generalizedTime, Buffer.from(digits, 'ascii'));
}

/** One element as it was read. */
export interface DerElement {
  readonly tag: number;
  /** The content alone. */
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly encoded: Buffer;
}

/**
 * The elements that stand one after the other in `bytes` (for a constructed element: its `content`).
 * @throws RangeError when the bytes end within an element
 */
export function readElements(bytes: Uint8Array): DerElement[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: DerElement[] = [];
  for (let offset = 0; offset < buffer.length; ) {
    const { contentStart, end } = elementBounds(buffer, offset);
    elements.push({
      tag: buffer.readUInt8(offset),
      content: buffer.subarray(contentStart, end),
      encoded: buffer.subarray(offset, end),
    });
    offset = end;
  }
  return elements;
}

/** Lengths of up to four octets are supported. */
const MAXIMUM_LENGTH_OCTETS = 4;

function elementBounds(buffer: Buffer, offset: number): { contentStart: number; end: number } {
  const first = buffer.readUInt8(offset + 1);
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (octets > MAXIMUM_LENGTH_OCTETS || first === 0x80) throw new RangeError('DER: unsupported length');
  const contentStart = offset + 2 + octets;
  const length = octets === 0 ? first : buffer.readUIntBE(offset + 2, octets);
  if (contentStart + length > buffer.length) throw new RangeError('DER: the bytes end within an element');
  return { contentStart, end: contentStart + length };
}
