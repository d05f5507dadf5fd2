import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Secret } from '../../base/secret.ts';

/** Bytes of a sealing key: those of an AES-256 key. */
export const SEALING_KEY_BYTES = 32;

const KEY_ID_BYTES = 8;
const VERSION_BYTES = 20;

/**
 * A root key from which everything else is derived (HKDF-SHA256, RFC 5869): one encryption key for each envelope,
 * the key of the version hash, and the id by which an envelope names the key it was sealed with.
 */
export class SealingKey {
  /** Public; 16 hexadecimal digits. */
  readonly id: string;
  readonly #root: KeyObject;
  readonly #versionKey: KeyObject;

  /** @throws RangeError unless there are exactly 32 bytes */
  constructor(bytes: Secret<Uint8Array>) {
    const root = bytes.reveal();
    if (root.length !== SEALING_KEY_BYTES) throw new RangeError(`a sealing key has ${SEALING_KEY_BYTES} bytes`);
    this.#root = createSecretKey(root);
    this.id = this.#derive('key id', Buffer.alloc(0), KEY_ID_BYTES).toString('hex');
    this.#versionKey = createSecretKey(this.#derive('credential version', Buffer.alloc(0), SEALING_KEY_BYTES));
  }

  /** The encryption key of the envelope with this salt. */
  envelopeKey(salt: Uint8Array): KeyObject {
    return createSecretKey(this.#derive('sealed envelope', salt, SEALING_KEY_BYTES));
  }

  /**
   * Equal content gives an equal version, and a version reveals nothing of the content without the key:
   * a plain hash would let anyone who reads the repository check a guess at a password.
   * @returns 40 hexadecimal digits
   */
  versionOf(canonicalContent: string): string {
    const digest = createHmac('sha256', this.#versionKey).update(canonicalContent).digest();
    return digest.subarray(0, VERSION_BYTES).toString('hex');
  }

  /** The key of the version hash, for a store that keeps the version names of this one. */
  get versionKey(): Secret<Buffer> {
    return new Secret(this.#versionKey.export());
  }

  #derive(purpose: string, salt: Uint8Array, length: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, salt, `nautes ${purpose}`, length));
  }
}

/** At least one key: the first one seals, any of them opens. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];
