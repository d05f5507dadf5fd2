import { mkdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { request } from 'undici';
import { NautesError } from '../base/errors.ts';
import { writeFileAtomically } from '../base/files.ts';
import { sha256 } from '../base/hash.ts';
import { withDeadline } from '../base/timing.ts';

/** A manifest, chart or index larger than this is refused. */
export const MAXIMUM_SOURCE_BYTES = 32 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MILLISECONDS = 60_000;
const MAXIMUM_REDIRECTS = 5;

export interface SourceLoaderOptions {
  /** Where downloads and the lock file are kept. */
  readonly directory: string;
  /** Directory or https URL that stands in for every remote address: `<mirror>/<last path segment>`. */
  readonly mirror?: string;
}

export interface SourceContent {
  readonly content: Buffer;
  /** SHA-256 of the content. */
  readonly digest: string;
}

/**
 * Brings the bytes of manifests and charts from files and https addresses.
 * A digest that the catalogue names is verified; one that it does not name is recorded in `sources.lock.json` at the
 * first download and verified from then on. Downloads are kept by digest, so that a known source needs no network.
 */
export class SourceLoader {
  readonly #options: SourceLoaderOptions;
  #lock: Promise<Record<string, string>> | undefined;

  constructor(options: SourceLoaderOptions) {
    this.#options = options;
  }

  /** @throws NautesError `SourceUnavailable`, `SourceDigestMismatch`, `SourceInvalid` */
  async load(
    location: string,
    expectedDigest: string | undefined,
    component: string,
    signal: AbortSignal,
  ): Promise<SourceContent> {
    if (isAbsolute(location)) return verified(await readSourceFile(location, component), expectedDigest, component);
    const lock = await this.#readLock();
    const known = expectedDigest ?? lock[location];
    if (known !== undefined) {
      const kept = await this.#kept(known);
      if (kept !== undefined) return { content: kept, digest: known };
    }
    const fetched = verified(await this.#fetch(location, component, signal), known, component);
    await this.#keep(location, fetched, known === undefined);
    return fetched;
  }

  /** Loads what changes with time, such as the index of a chart repository: neither verified nor kept. */
  async loadVolatile(location: string, component: string, signal: AbortSignal): Promise<Buffer> {
    return this.#fetch(location, component, signal);
  }

  async #fetch(location: string, component: string, signal: AbortSignal): Promise<Buffer> {
    const { mirror } = this.#options;
    if (mirror === undefined) return download(location, component, signal);
    const file = location.slice(location.lastIndexOf('/') + 1);
    if (/^https?:/.test(mirror)) return download(`${mirror.replace(/\/$/, '')}/${file}`, component, signal);
    return readSourceFile(join(mirror, file), component);
  }

  async #kept(digest: string): Promise<Buffer | undefined> {
    try {
      const content = await readFile(join(this.#options.directory, digest));
      return sha256(content) === digest ? content : undefined;
    } catch {
      return undefined;
    }
  }

  async #keep(location: string, { content, digest }: SourceContent, isNew: boolean): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true });
    await writeFileAtomically(join(this.#options.directory, digest), content);
    if (!isNew) return;
    const lock = await this.#readLock();
    lock[location] = digest;
    await writeFileAtomically(this.#lockFile(), `${JSON.stringify(lock, undefined, 2)}\n`);
  }

  #lockFile(): string {
    return join(this.#options.directory, 'sources.lock.json');
  }

  #readLock(): Promise<Record<string, string>> {
    this.#lock ??= readFile(this.#lockFile(), 'utf8').then(
      (text) => readLockContent(text, this.#lockFile()),
      () => ({}),
    );
    return this.#lock;
  }
}

function readLockContent(text: string, file: string): Record<string, string> {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) {
      return Object.fromEntries(Object.entries(content).map(([location, digest]) => [location, String(digest)]));
    }
  } catch {
    // falls through to the error below
  }
  throw new NautesError('SourceInvalid', { component: file, problem: 'the lock file is damaged' });
}

function verified(content: Buffer, expected: string | undefined, component: string): SourceContent {
  const digest = sha256(content);
  if (expected !== undefined && digest !== expected) throw new NautesError('SourceDigestMismatch', { component });
  return { content, digest };
}

async function readSourceFile(path: string, component: string): Promise<Buffer> {
  try {
    const content = await readFile(path);
    if (content.length > MAXIMUM_SOURCE_BYTES) throw tooLarge(component);
    return content;
  } catch (error) {
    if (error instanceof NautesError) throw error;
    const problem = error instanceof Error && 'code' in error ? `${path}: ${String(error.code)}` : path;
    throw new NautesError('SourceUnavailable', { component, problem }, { cause: error });
  }
}

async function download(url: string, component: string, signal: AbortSignal): Promise<Buffer> {
  const deadline = withDeadline(signal, DOWNLOAD_TIMEOUT_MILLISECONDS);
  let address = url;
  for (let redirects = 0; redirects <= MAXIMUM_REDIRECTS; redirects += 1) {
    const reply = await request(address, { signal: deadline }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new NautesError('SourceUnavailable', { component, problem: 'no answer' }, { cause: error });
    });
    const target = reply.headers.location;
    if (reply.statusCode >= 300 && reply.statusCode < 400 && typeof target === 'string') {
      await reply.body.dump();
      const next = new URL(target, address);
      if (next.protocol !== 'https:') throw unavailable(component, 'it redirects away from https');
      address = next.href;
      continue;
    }
    if (reply.statusCode !== 200) {
      await reply.body.dump();
      throw unavailable(component, `HTTP ${reply.statusCode}`);
    }
    return readLimited(reply.body, component);
  }
  throw unavailable(component, 'it redirects too often');
}

async function readLimited(body: AsyncIterable<Buffer>, component: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAXIMUM_SOURCE_BYTES) throw tooLarge(component);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unavailable(component: string, problem: string): NautesError {
  return new NautesError('SourceUnavailable', { component, problem });
}

function tooLarge(component: string): NautesError {
  return new NautesError('SourceInvalid', { component, problem: `larger than ${MAXIMUM_SOURCE_BYTES} bytes` });
}
