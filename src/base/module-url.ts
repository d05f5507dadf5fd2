import { extname } from 'node:path/posix';

/**
 * The URL of a module that a thread, a process or a reader is given by its name: TypeScript in a checkout, JavaScript in
 * packages.
 * @param path relative to the asking module, without extension
 * @param from `import.meta.url` of the asking module
 */
export function moduleUrl(path: string, from: string): URL {
  return new URL(`${path}${extname(new URL(from).pathname)}`, from);
}
