import { hkdfSync } from 'node:crypto';
import { Secret } from '../base/secret.ts';

const KEY_BYTES = 32;

/** A key for another purpose, from the key of a store's version names (HKDF-SHA256, RFC 5869). */
export function derivedKey(versionKey: Secret<Uint8Array>, purpose: string): Secret<Uint8Array> {
  return new Secret(
    Buffer.from(hkdfSync('sha256', versionKey.reveal(), Buffer.alloc(0), `nautes ${purpose}`, KEY_BYTES)),
  );
}
