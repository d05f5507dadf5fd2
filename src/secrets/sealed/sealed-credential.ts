import { NautesError } from '../../errors/errors.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { CredentialFormatError, decodeCredential, encodeCredential } from '../credential-codec.ts';
import { MAXIMUM_CREDENTIAL_BYTES } from '../credential-names.ts';
import { EnvelopeError, envelopeKeyId, openEnvelope, sealEnvelope } from './envelope.ts';
import type { SealingKeys } from './sealing-key.ts';

/** Identifies where an envelope belongs; no part can contain the separator. */
export function placeOf(scope: CredentialScope, version: string): string {
  return `${scope.cluster}/${scope.incarnation}/${version}`;
}

/**
 * The envelope of a credential, sealed with the first key.
 * @throws NautesError `CredentialTooLarge`
 */
export function sealCredential(
  keys: SealingKeys,
  version: string,
  credential: StoredCredential,
  maximum = MAXIMUM_CREDENTIAL_BYTES,
): Buffer {
  const { binding } = credential;
  const content = encodeCredential(credential);
  try {
    if (content.length > maximum) {
      throw new NautesError('CredentialTooLarge', { cluster: binding.cluster, maximum });
    }
    return sealEnvelope(keys[0], content, placeOf(binding, version));
  } finally {
    content.fill(0);
  }
}

/** @throws NautesError `CredentialUnreadable` when the envelope does not open here with any of the keys */
export function openCredential(
  keys: SealingKeys,
  scope: CredentialScope,
  version: string,
  envelope: Buffer,
): StoredCredential {
  try {
    const content = openEnvelope(keys, envelope, placeOf(scope, version));
    try {
      return decodeCredential(content);
    } finally {
      content.fill(0);
    }
  } catch (error) {
    if (!(error instanceof EnvelopeError || error instanceof CredentialFormatError)) throw error;
    throw new NautesError('CredentialUnreadable', { cluster: scope.cluster, problem: error.said }, { cause: error });
  }
}

/** Id of the key that the envelope was sealed with, `undefined` when it is no envelope. */
export function keyIdOf(envelope: Buffer): string | undefined {
  try {
    return envelopeKeyId(envelope);
  } catch {
    return undefined;
  }
}
