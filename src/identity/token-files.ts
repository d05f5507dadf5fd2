import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../base/defined.ts';
import { NautesError } from '../errors/errors.ts';
import {
  checkDirectoryWritable,
  createFileOnce,
  isMissingFile,
  makePrivateDirectory,
  readFileIfPresent,
  syncDirectory,
  writeFileAtomically,
} from '../base/files/files.ts';
import type { Secret } from '../base/secret.ts';
import { verbatim } from '../messages/message.ts';
import { tokenNameProblem } from './access-token.ts';
import {
  assertTokenName,
  infoOf,
  makeToken,
  MAXIMUM_RECORD_BYTES,
  type NewToken,
  parseRecord,
  recordText,
  type TokenInfo,
  type TokenListing,
  type TokenRecord,
  type TokenStore,
} from './token-store.ts';

const FILE_SUFFIX = '.json';
/** Beside the file of a token: which token was used last, by its hash, and on which day. */
const USE_SUFFIX = '.used';
const MAXIMUM_USE_BYTES = 200;
const USE = /^([0-9a-f]{64}) (\d{4}-\d\d-\d\d)\n$/;

/** Tokens as files of a directory, one for each name; the directory is made when it is needed. */
export class TokenFiles implements TokenStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  readonly create = async (given: NewToken): Promise<Secret> => {
    const { token, record } = makeToken(given);
    await io(async () => {
      await makePrivateDirectory(this.#directory);
      // A name can be taken once, also by concurrent processes.
      if (await createFileOnce(this.#path(record.name), recordText(record))) return;
      throw new NautesError('TokenNameTaken', { name: record.name });
    });
    return token;
  };

  readonly list = async (): Promise<TokenListing> => {
    const tokens: TokenInfo[] = [];
    const unreadable: string[] = [];
    for (const file of await io(() => filesIn(this.#directory))) {
      const name = file.slice(0, -FILE_SUFFIX.length);
      if (!file.endsWith(FILE_SUFFIX) || tokenNameProblem(name) !== undefined) continue;
      const record = await this.read(name);
      if (record === 'unreadable') unreadable.push(file);
      else if (record !== undefined)
        tokens.push({ ...infoOf(record), ...defined({ lastUsedAt: await this.#lastUse(record) }) });
    }
    return { tokens, unreadable };
  };

  readonly revoke = async (name: string): Promise<void> => {
    assertTokenName(name);
    try {
      await io(() => rm(this.#path(name)));
    } catch (error) {
      if (error instanceof NautesError && isMissingFile(error.cause)) throw new NautesError('TokenNotFound', { name });
      throw error;
    }
    await io(() => rm(this.#path(name, USE_SUFFIX), { force: true }));
    await io(() => syncDirectory(this.#directory));
  };

  readonly read = async (name: string): Promise<TokenRecord | 'unreadable' | undefined> => {
    try {
      const content = await io(() => readFileIfPresent(this.#path(name), MAXIMUM_RECORD_BYTES));
      if (content === undefined) return undefined;
      return parseRecord(name, content.toString('utf8')) ?? 'unreadable';
    } catch (error) {
      if (error instanceof RangeError) return 'unreadable';
      throw error;
    }
  };

  readonly restore = async (record: TokenRecord): Promise<void> => {
    assertTokenName(record.name);
    await io(async () => {
      await makePrivateDirectory(this.#directory);
      await writeFileAtomically(this.#path(record.name), recordText(record));
    });
  };

  readonly checkWritable = async (): Promise<void> => {
    await io(async () => {
      await makePrivateDirectory(this.#directory);
      await checkDirectoryWritable(this.#directory);
    });
  };

  /** In a file of its own, so that a token that is revoked meanwhile does not come back. */
  readonly noteUse = ({ name, hash }: TokenRecord, day: string): Promise<void> =>
    io(() => writeFileAtomically(this.#path(name, USE_SUFFIX), `${hash} ${day}\n`));

  /** The day of the last use of this token, not of an earlier one of its name. */
  async #lastUse({ name, hash }: TokenRecord): Promise<string | undefined> {
    try {
      const content = await readFileIfPresent(this.#path(name, USE_SUFFIX), MAXIMUM_USE_BYTES);
      const [, of, day] = USE.exec(content?.toString('latin1') ?? '') ?? [];
      return of === hash ? day : undefined;
    } catch {
      return undefined; // it is for people to know, and nothing depends on it
    }
  }

  #path(name: string, suffix = FILE_SUFFIX): string {
    return join(this.#directory, `${name}${suffix}`);
  }
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).toSorted();
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}

/** Maps file-system failures to the store's error. */
async function io<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    const problem = verbatim(`${String(error.code)} (${String(error.syscall)})`);
    throw new NautesError('TokenStoreUnavailable', { problem }, { cause: error });
  }
}
