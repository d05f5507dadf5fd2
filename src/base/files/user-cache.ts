import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The folder of what is fetched or built once for a user and all checkouts (XDG Base Directory Specification). */
export function userCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(configured) ? configured : join(homedir(), '.cache'), 'nautes');
}
