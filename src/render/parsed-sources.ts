import { readFile, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateDirectory, readFileIfPresent, writeFileAtomically } from '../base/files/files.ts';
import { moduleUrl } from '../base/module-url.ts';
import { sha256 } from '../base/hash.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';

/** Cached parsed sources; the least recently used are evicted. */
const MAXIMUM_FILES = 100;
const MAXIMUM_BYTES = 64 * 1024 * 1024;

/** The version of the parser: a cache entry of another version is ignored. */
const PARSER_FILES = ['../kube-objects/manifest', '../base/yaml'];

/**
 * Caches the objects of manifests as JSON by the digest of their text: YAML takes a hundred times as long to parse,
 * which would delay every start. Only a cache: an unreadable entry is parsed again.
 */
export class ParsedSources {
  readonly #directory: string;
  #parser: Promise<string> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * The cached objects of the source, or those that the parser returns.
   * @param digest SHA-256 of the source
   */
  async objects(digest: string, parse: () => Promise<KubeObject[]>): Promise<KubeObject[]> {
    const file = join(this.#directory, sha256(`${await this.#parserDigest()} ${digest}`));
    const kept = await read(file).catch(() => undefined);
    if (kept !== undefined) return kept;
    const objects = await parse();
    await this.#keep(file, objects).catch(() => {}); // it is parsed again next time
    return objects;
  }

  async #keep(file: string, objects: readonly KubeObject[]): Promise<void> {
    const json = JSON.stringify(objects);
    await makePrivateDirectory(this.#directory);
    await writeFileAtomically(file, `${sha256(json)}\n${json}`);
    await this.#dropOldest();
  }

  async #dropOldest(): Promise<void> {
    const names = await readdir(this.#directory);
    if (names.length <= MAXIMUM_FILES) return;
    const files = names.map((name) => join(this.#directory, name));
    const used = await Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
    used.sort((left, right) => right.at - left.at);
    for (const { file } of used.slice(MAXIMUM_FILES)) await rm(file, { force: true });
  }

  #parserDigest(): Promise<string> {
    this.#parser ??= Promise.all(PARSER_FILES.map((file) => readFile(moduleUrl(file, import.meta.url), 'utf8'))).then(
      (texts) => sha256(texts.join('\n')),
    );
    return this.#parser;
  }
}

async function read(file: string): Promise<KubeObject[] | undefined> {
  const content = await readFileIfPresent(file, MAXIMUM_BYTES);
  if (content === undefined) return undefined;
  const text = content.toString();
  const end = text.indexOf('\n');
  const json = text.slice(end + 1);
  if (end < 0 || sha256(json) !== text.slice(0, end)) return undefined;
  const now = new Date();
  await utimes(file, now, now); // marks it as used
  return JSON.parse(json) as KubeObject[]; // an earlier result of the parser
}
