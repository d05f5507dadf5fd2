import { NautesError } from '../../errors/errors.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { CredentialScope, StoredCredential } from '../../resources/credential.ts';
import { CredentialFormatError, decodeCredential, encodeCredential } from '../credential-codec.ts';
import { MAXIMUM_CREDENTIAL_BYTES } from '../credential-names.ts';

/** The content of an entry. @throws NautesError `CredentialTooLarge` */
export function textOf(credential: StoredCredential): string {
  const content = encodeCredential(credential);
  if (content.length > MAXIMUM_CREDENTIAL_BYTES) {
    const { cluster } = credential.binding;
    throw new NautesError('CredentialTooLarge', { cluster, maximum: MAXIMUM_CREDENTIAL_BYTES });
  }
  return content.toString('utf8');
}

/** @throws NautesError `CredentialUnreadable` when it is damaged or of another registration */
export function decode(scope: CredentialScope, data: Readonly<Record<string, unknown>>): StoredCredential {
  const { cluster, incarnation } = scope;
  const unreadable = (problem: Message, cause?: unknown): NautesError =>
    new NautesError('CredentialUnreadable', { cluster, problem }, { cause });
  const { credential } = data;
  if (typeof credential !== 'string') throw unreadable(message('CredentialUnreadable.noEntry'));
  let decoded: StoredCredential;
  try {
    decoded = decodeCredential(Buffer.from(credential, 'utf8'));
  } catch (error) {
    if (error instanceof CredentialFormatError) throw unreadable(error.said, error);
    throw error;
  }
  const { binding } = decoded;
  if (binding.cluster === cluster && binding.incarnation === incarnation) return decoded;
  throw unreadable(message('CredentialUnreadable.foreign'));
}

/** The content of a readable entry; a damaged one counts as absent: saving again repairs it. */
export function soundContent(scope: CredentialScope, data: Readonly<Record<string, unknown>>): string | undefined {
  try {
    decode(scope, data);
    return typeof data['credential'] === 'string' ? data['credential'] : undefined;
  } catch (error) {
    if (error instanceof NautesError) return undefined;
    throw error;
  }
}
