import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** The user's cache directory, shared by all checkouts (XDG Base Directory Specification). */
export function userCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(configured) ? configured : join(homedir(), '.cache'), 'nautes');
}
