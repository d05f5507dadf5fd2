import { readFile } from 'node:fs/promises';
import { NautesError } from '../../errors/errors.ts';
import { Secret } from '../../base/secret.ts';

/**
 * The secret in the file that a key names, without white space around it.
 * @throws NautesError `ConfigurationInvalid` naming the key
 */
export async function readSecretFile(key: string, file: string): Promise<Secret> {
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw invalid(`${key}: ${file} cannot be read`, error);
  }
  if (text === '') throw invalid(`${key}: ${file} is empty`);
  return new Secret(text);
}

function invalid(problem: string, cause?: unknown): NautesError {
  return new NautesError('ConfigurationInvalid', { problem }, { cause });
}
