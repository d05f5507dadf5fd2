import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NautesError } from '../../errors/errors.ts';
import { createFileOnce, isMissingFile, makePrivateDirectory, readFileIfPresent } from '../../base/files/files.ts';
import { Secret } from '../../base/secret.ts';
import { holdsSealedCredentials } from './credential-files.ts';
import { SEALING_KEY_BYTES, SealingKey, type SealingKeys } from './sealing-key.ts';
import { message } from '../../messages/message.ts';

/** Holds one or more keys in base64; takes precedence over the file. */
export const SEALING_KEY_VARIABLE = 'NAUTES_SEALING_KEY';

const MAXIMUM_KEY_FILE_BYTES = 16 * 1024;
/** An upper bound: each key costs time when a credential is looked up. */
const MAXIMUM_KEYS = 8;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

const FILE_HEADER = `# Sealing key of Nautes: opens the credentials of all clusters.
# Keep a copy apart from the data directory; without it the credentials are lost.
# One key a line: the first one seals, all of them open.
`;

export interface OpenedSealingKeys {
  readonly keys: SealingKeys;
  /** Where they come from, for messages. */
  readonly source: string;
  /** True when a new key was created: it must be backed up. */
  readonly created: boolean;
}

export interface SealingKeyOptions {
  readonly file: string;
  /** Directory of the sealed credentials: while it holds any, no new key is created. */
  readonly sealedDirectory: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * The sealing keys: from the environment variable `NAUTES_SEALING_KEY` when it is set, otherwise from the file, which
 * is created with a new key when it is absent.
 * @throws NautesError `SealingKeyMissing`, `SealingKeyExposed`, `SealingKeyInvalid`, `SecretStoreUnavailable`
 */
export async function openSealingKeys(options: SealingKeyOptions): Promise<OpenedSealingKeys> {
  const given = givenSealingKeys(options.environment);
  if (given !== undefined) return given;
  const existing = await readKeyFile(options.file);
  if (existing !== undefined) return { keys: existing, source: options.file, created: false };
  if (await holdsSealedCredentials(options.sealedDirectory)) {
    throw new NautesError('SealingKeyMissing', { source: options.file, directory: options.sealedDirectory });
  }
  await createKeyFile(options.file);
  const created = await readKeyFile(options.file);
  if (created === undefined) throw unavailable(new Error('the key file vanished'));
  return { keys: created, source: options.file, created: true };
}

/** The sealing keys of the environment variable, `undefined` when it is not set. @throws NautesError `SealingKeyInvalid` */
export function givenSealingKeys(environment: SealingKeyOptions['environment']): OpenedSealingKeys | undefined {
  const given = environment?.[SEALING_KEY_VARIABLE];
  if (given === undefined || given === '') return undefined;
  const source = `$${SEALING_KEY_VARIABLE}`;
  return { keys: parseSealingKeys(new Secret(given), source), source, created: false };
}

/** The text of a key file with a new key. */
export function newSealingKeyText(): Secret {
  return new Secret(`${FILE_HEADER}${randomBytes(SEALING_KEY_BYTES).toString('base64')}\n`);
}

/** The text of a key file with the keys of the first text, then those that only the second has: they open what they sealed. */
export function combineKeyTexts(first: Secret, second: Secret): Secret {
  const known = new Set(keyLines(first));
  const more = keyLines(second).filter((line) => !known.has(line));
  return more.length === 0 ? first : new Secret(`${first.reveal().trimEnd()}\n${more.join('\n')}\n`);
}

function keyLines(text: Secret): readonly string[] {
  return text
    .reveal()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/**
 * Keys in base64, separated by white space; lines that begin with `#` are comments.
 * @throws NautesError `SealingKeyInvalid`
 */
export function parseSealingKeys(text: Secret, source: string): SealingKeys {
  const lines = text.reveal().split('\n');
  const words = lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(/\s+/));
  const [first, ...others] = words.filter((word) => word !== '').map((word) => parseKey(word, source));
  if (first === undefined)
    throw new NautesError('SealingKeyInvalid', { source, problem: message('SealingKeyInvalid.none') });
  if (others.length >= MAXIMUM_KEYS) {
    const problem = message('SealingKeyInvalid.tooMany', { maximum: MAXIMUM_KEYS });
    throw new NautesError('SealingKeyInvalid', { source, problem });
  }
  return [first, ...others];
}

function parseKey(word: string, source: string): SealingKey {
  if (!BASE64.test(word)) {
    const problem = message('SealingKeyInvalid.form', { bytes: SEALING_KEY_BYTES });
    throw new NautesError('SealingKeyInvalid', { source, problem });
  }
  return new SealingKey(new Secret(Buffer.from(word, 'base64')));
}

/** The keys of a file, `undefined` when it is absent. @throws NautesError `SealingKeyExposed`, `SealingKeyInvalid`, `SecretStoreUnavailable` */
export async function readKeyFile(file: string): Promise<SealingKeys | undefined> {
  try {
    const { mode, uid } = await stat(file);
    if (isExposed(mode, uid)) throw new NautesError('SealingKeyExposed', { file });
    const content = await readFileIfPresent(file, MAXIMUM_KEY_FILE_BYTES);
    return content === undefined ? undefined : parseSealingKeys(new Secret(content.toString('utf8')), file);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    if (error instanceof RangeError) {
      throw new NautesError('SealingKeyInvalid', { source: file, problem: message('SealingKeyInvalid.tooLarge') });
    }
    throw error instanceof NautesError ? error : unavailable(error);
  }
}

/**
 * The rule of PostgreSQL for its private key: accessible to us only, or, when another user owns the file, as with a
 * mounted Kubernetes Secret, readable by our group too.
 */
function isExposed(mode: number, uid: number): boolean {
  const isOurs = process.getuid === undefined || uid === process.getuid();
  return (mode & (isOurs ? 0o077 : 0o037)) !== 0;
}

/** Creates the file with a new key, or reads that of another process which was faster. */
async function createKeyFile(file: string): Promise<void> {
  try {
    await makePrivateDirectory(dirname(file));
    await createFileOnce(file, newSealingKeyText().reveal());
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): NautesError {
  return new NautesError(
    'SecretStoreUnavailable',
    { problem: message('SecretStoreUnavailable.sealingKey') },
    { cause },
  );
}
