import { readBoundedFile } from '../../base/files/bounded-file.ts';
import { fileProblem } from '../../errors/system-code.ts';
import { Secret } from '../../base/secret.ts';
import { invalidKey } from './invalid.ts';
import { message } from '../../messages/message.ts';

/** Of a token, a password or a key in a file of its own. */
const MAXIMUM_SECRET_FILE_BYTES = 64 * 1024;

/**
 * The secret in the file that a key names, without white space around it.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function readSecretFile(key: string, file: string): Promise<Secret> {
  let text: string;
  try {
    text = (await readBoundedFile(file, MAXIMUM_SECRET_FILE_BYTES)).toString('utf8').trim();
  } catch (error) {
    throw invalidKey(key, fileProblem(file, error), error);
  }
  if (text === '') throw invalidKey(key, message('ConfigurationInvalid.empty', { file }));
  return new Secret(text);
}
