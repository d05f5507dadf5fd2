import type { Message } from '../../../messages/text.ts';
import { message, render } from '../../../messages/message.ts';
/** Framing of Git's protocol (gitprotocol-common, "pkt-line Format"). */

/** Four digits and the payload. */
const MAXIMUM_PACKET_BYTES = 65_520;
const LENGTH_DIGITS = 4;
const HEXADECIMAL = /^[0-9a-fA-F]{4}$/;

/** The packet that ends a list. */
export const FLUSH = Buffer.from('0000');

/** The other side does not speak Git's protocol, or too long. */
export class ProtocolError extends Error {
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.said = said;
  }
}

/** @param payload at most 65,516 bytes */
export function encodePacket(payload: string | Buffer): Buffer {
  const content = Buffer.from(payload);
  const length = content.length + LENGTH_DIGITS;
  if (length > MAXIMUM_PACKET_BYTES) throw new RangeError('a packet of Git is at most 65,520 bytes long');
  return Buffer.concat([Buffer.from(length.toString(16).padStart(LENGTH_DIGITS, '0')), content]);
}

/** Takes packets out of what arrives in pieces of any size. */
export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  append(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /**
   * The next packet; `undefined` until more has arrived.
   * @throws ProtocolError
   */
  next(): Buffer | 'flush' | undefined {
    if (this.#rest.length < LENGTH_DIGITS) return undefined;
    const digits = this.#rest.toString('latin1', 0, LENGTH_DIGITS);
    const length = HEXADECIMAL.test(digits) ? Number.parseInt(digits, 16) : -1;
    if (length === 0) {
      this.#rest = this.#rest.subarray(LENGTH_DIGITS);
      return 'flush';
    }
    // 1 to 3 are marks of version 2 of the protocol, which there is not for pushes.
    if (length < LENGTH_DIGITS || length > MAXIMUM_PACKET_BYTES) {
      throw new ProtocolError(message('remote.notGit'));
    }
    if (this.#rest.length < length) return undefined;
    const payload = this.#rest.subarray(LENGTH_DIGITS, length);
    this.#rest = this.#rest.subarray(length);
    return payload;
  }
}
