import { readFile } from 'node:fs/promises';
import { Secret } from '../../base/secret.ts';
import { invalidKey } from './invalid.ts';
import { message } from '../../messages/message.ts';

/**
 * The secret in the file that a key names, without white space around it.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function readSecretFile(key: string, file: string): Promise<Secret> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw invalidKey(key, message('ConfigurationInvalid.unreadable', { file }), error);
  }
  if (text === '') throw invalidKey(key, message('ConfigurationInvalid.empty', { file }));
  return new Secret(text);
}
