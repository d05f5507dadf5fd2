import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealingKey, SealingKeys } from './sealing-key.ts';
import { message, render } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/**
 * A sealed envelope: AES-256-GCM under a key derived for this envelope alone.
 *
 *     "NSE1" | key id (8) | salt (16) | nonce (12) | ciphertext | tag (16)
 *
 * Everything before the ciphertext and the context of the envelope are authenticated (AAD), so that an envelope opens
 * neither with a changed byte nor in another place.
 */
const MAGIC = Buffer.from('NSE1', 'ascii');
const KEY_ID_BYTES = 8;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + KEY_ID_BYTES + SALT_BYTES + NONCE_BYTES;

/** How many bytes an envelope is longer than its content. */
export const ENVELOPE_OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

const ALGORITHM = 'aes-256-gcm';

/** Why an envelope did not open; the message reveals nothing of its content. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly said: Message;

  constructor(said: Message) {
    super(render(said, 'en'));
    this.said = said;
  }
}

/** Seals the content for one context, any text that identifies where it belongs. */
export function sealEnvelope(key: SealingKey, content: Uint8Array, place: string): Buffer {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const header = Buffer.concat([MAGIC, Buffer.from(key.id, 'hex'), salt, nonce]);
  const cipher = createCipheriv(ALGORITHM, key.envelopeKey(salt), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticatedData(header, place));
  return Buffer.concat([header, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** @throws EnvelopeError when it is not an envelope, was sealed with another key or for another place, or was changed */
export function openEnvelope(keys: SealingKeys, envelope: Uint8Array, place: string): Buffer {
  const id = envelopeKeyId(envelope);
  const key = keys.find((candidate) => candidate.id === id);
  if (key === undefined) throw new EnvelopeError(message('CredentialUnreadable.keyMissing', { key: id }));
  const header = envelope.subarray(0, HEADER_BYTES);
  const salt = header.subarray(MAGIC.length + KEY_ID_BYTES, HEADER_BYTES - NONCE_BYTES);
  const nonce = header.subarray(HEADER_BYTES - NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key.envelopeKey(salt), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticatedData(header, place));
  decipher.setAuthTag(envelope.subarray(envelope.length - TAG_BYTES));
  const content = decipher.update(envelope.subarray(HEADER_BYTES, envelope.length - TAG_BYTES));
  try {
    return Buffer.concat([content, decipher.final()]);
  } catch {
    throw new EnvelopeError(message('CredentialUnreadable.changed'));
  }
}

/**
 * Id of the key that an envelope was sealed with.
 * @throws EnvelopeError when it is not an envelope
 */
export function envelopeKeyId(envelope: Uint8Array): string {
  const bytes = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  if (bytes.length < ENVELOPE_OVERHEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new EnvelopeError(message('CredentialUnreadable.noEnvelope'));
  }
  return bytes.toString('hex', MAGIC.length, MAGIC.length + KEY_ID_BYTES);
}

/** The header has a fixed length, so header and context cannot be confused. */
function authenticatedData(header: Uint8Array, place: string): Buffer {
  return Buffer.concat([header, Buffer.from(place, 'utf8')]);
}
