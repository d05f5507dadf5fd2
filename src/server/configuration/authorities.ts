import { fileProblem } from '../../errors/system-code.ts';
import {
  authoritiesWith,
  isPem,
  MAXIMUM_AUTHORITY_BYTES,
  PemError,
  readPemCertificates,
} from '../../base/tls/authorities.ts';
import { readFileIfPresent } from '../../base/files/files.ts';
import { invalidKey } from './invalid.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/**
 * The trusted authorities for a peer, for the option `ca` of a TLS client: the default ones and those of
 * the key. `undefined` when the key is empty: Node's defaults apply.
 * @param key such as `git.caFile`
 * @param value certificates in PEM, or the name of a file with them
 * @throws NautesError `ConfigurationInvalid`
 */
export async function trustedAuthorities(key: string, value: string): Promise<string[] | undefined> {
  if (value === '') return undefined;
  const text = isPem(value) ? value : await readAuthorityFile(key, value);
  try {
    return authoritiesWith(readPemCertificates(text));
  } catch (error) {
    const problem = pemProblem(error);
    throw invalidKey(key, isPem(value) ? problem : message('About.name', { name: value, what: problem }), error);
  }
}

async function readAuthorityFile(key: string, file: string): Promise<string> {
  try {
    const content = await readFileIfPresent(file, MAXIMUM_AUTHORITY_BYTES);
    if (content !== undefined) return content.toString('utf8');
  } catch (error) {
    throw invalidKey(key, fileProblem(file, error), error);
  }
  throw invalidKey(key, message('ConfigurationInvalid.noFile', { file }));
}

function pemProblem(error: unknown): Message {
  if (!(error instanceof PemError)) return message('ConfigurationInvalid.pemUnreadable');
  const index = error.certificate;
  if (index === undefined) return message('ConfigurationInvalid.pemMissing');
  return message('ConfigurationInvalid.pemBroken', { index });
}
