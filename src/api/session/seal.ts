import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import type { Secret } from '../../base/secret.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a text was sealed for: it opens for nothing else. */
export type SealPurpose = 'console-session' | 'oauth-login';

/**
 * Seals texts that browsers keep for us: AES-256-GCM under a key of their purpose, derived from one root key (HKDF-SHA256).
 * A sealed text is `nonce (12) | ciphertext | tag (16)` in base64url; one with a changed bit does not open.
 */
export class Seal {
  readonly #root: KeyObject;

  constructor(root: Secret<Uint8Array>) {
    this.#root = createSecretKey(root.reveal());
  }

  seal(purpose: SealPurpose, text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#keyFor(purpose), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(purpose));
    return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
      'base64url',
    );
  }

  /** `undefined` when it was not sealed with this key for this purpose, or was changed. */
  open(purpose: SealPurpose, sealed: string): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    // Each text has one spelling: unused bits and other alphabets are a change too.
    if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#keyFor(purpose), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }

  #keyFor(purpose: SealPurpose): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#root, '', `nautes ${purpose}`, KEY_BYTES)));
  }
}
