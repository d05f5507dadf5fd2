import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Logger } from '../../base/logger.ts';
import { type Configuration } from '../configuration/configuration.ts';
import { configurationKeys } from '../configuration/load.ts';

const WRITABLE_BY_OTHERS = 0o022;
const WRITABLE_BY_ALL = 0o002;
const READABLE_BY_ALL = 0o004;

/** Keys of files whose content is a secret, such as `git.tokenFile`. */
const SECRET_KEYS = /(token|secret|secretId|jwt|credentials|key)File$/i;

/** A file that another user of the machine can use or change. */
export interface ExposedFile {
  /** The key of the configuration that names it; `configuration` for the configuration itself. */
  readonly key: string;
  readonly path: string;
  readonly problem: 'foreign' | 'writable' | 'readable';
}

const SENTENCES: Readonly<Record<ExposedFile['problem'], string>> = {
  foreign: 'a file of the configuration belongs to another user, who decides what this server does',
  writable: 'a file of the configuration can be changed by other users of this machine',
  readable: 'a file with a secret can be read by every user of this machine',
};

/**
 * The configuration file and the files with secrets that it names, as far as they are exposed. Nothing is refused for it:
 * such files are mounted in many ways, and owners and modes of a mount are not always those of a file.
 */
export async function exposedFiles(
  configuration: Configuration,
  file: string | undefined,
  own = process.getuid?.(),
): Promise<readonly ExposedFile[]> {
  if (own === undefined) return []; // Windows: rights are not in the mode
  const found: ExposedFile[] = [];
  const look = async (key: string, path: string, isSecret: boolean): Promise<void> => {
    const attributes = await stat(path).catch(() => undefined); // one that is missing is told by what reads it
    const problem = attributes?.isFile() === true ? problemOf(attributes, own, isSecret) : undefined;
    if (problem !== undefined) found.push({ key, path, problem });
  };
  if (file !== undefined) await look('configuration', file, false);
  for (const [key, path] of secretFiles(configuration)) await look(key, path, true);
  return found;
}

/** Warns once of each of them. */
export async function warnOfExposedFiles(
  configuration: Configuration,
  file: string | undefined,
  logger: Logger,
): Promise<void> {
  for (const { key, path, problem } of await exposedFiles(configuration, file)) {
    logger.warn({ key, file: path }, SENTENCES[problem]);
  }
}

function problemOf({ uid, gid, mode }: Stats, own: number, isSecret: boolean): ExposedFile['problem'] | undefined {
  if (uid !== own && uid !== 0) return 'foreign';
  const ownGroup = gid === 0 || gid === process.getgid?.() || process.getgroups?.().includes(gid) === true;
  if ((mode & (ownGroup ? WRITABLE_BY_ALL : WRITABLE_BY_OTHERS)) !== 0) return 'writable';
  return isSecret && (mode & READABLE_BY_ALL) !== 0 ? 'readable' : undefined;
}

function secretFiles(configuration: Configuration): readonly (readonly [key: string, path: string])[] {
  return configurationKeys().flatMap(({ path }) => {
    const key = path.join('.');
    const value = path.reduce<unknown>(
      (inner, name) => (inner as Record<string, unknown> | undefined)?.[name],
      configuration,
    );
    return SECRET_KEYS.test(key) && typeof value === 'string' && value !== '' ? [[key, value] as const] : [];
  });
}
