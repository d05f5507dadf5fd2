import { authoritiesWith, isPem, MAXIMUM_AUTHORITY_BYTES, readPemCertificates } from '../../base/tls/authorities.ts';
import { NautesError } from '../../errors/errors.ts';
import { readFileIfPresent } from '../../base/files/files.ts';

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
    const problem = error instanceof RangeError ? error.message : 'it cannot be read';
    throw invalid(isPem(value) ? `${key}: ${problem}` : `${key}: ${value}: ${problem}`, error);
  }
}

async function readAuthorityFile(key: string, file: string): Promise<string> {
  try {
    const content = await readFileIfPresent(file, MAXIMUM_AUTHORITY_BYTES);
    if (content !== undefined) return content.toString('utf8');
  } catch (error) {
    throw invalid(`${key}: ${file} cannot be read`, error);
  }
  throw invalid(`${key}: there is no file ${file}`);
}

function invalid(problem: string, cause?: unknown): NautesError {
  return new NautesError('ConfigurationInvalid', { problem }, { cause });
}
