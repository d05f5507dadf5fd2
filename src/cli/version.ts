import { readFileSync } from 'node:fs';

declare const NAUTES_VERSION: string | undefined;

/** The version of the program: put in by the bundler, else read from the package. */
export const VERSION: string = typeof NAUTES_VERSION === 'string' ? NAUTES_VERSION : readVersion();

function readVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof content === 'object' && content !== null && 'version' in content ? String(content.version) : 'unknown';
}
