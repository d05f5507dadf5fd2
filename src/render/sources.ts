import type { ProxyChoice } from '../base/network/proxy.ts';
import { defined } from '../base/defined.ts';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NautesError } from '../errors/errors.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import { isMissingFile, makePrivateDirectory, readFileIfPresent, writeFileAtomically } from '../base/files/files.ts';
import { sha256 } from '../base/hash.ts';
import { untilAborted } from '../base/async/timing.ts';
import { isRemote } from '../catalog/source-location.ts';
import { download } from './download.ts';
import { type Mirror, mirroredLocation } from './mirror.ts';
import { LOCK_FILE_NAME, SourceLock } from './source-lock.ts';

/** A larger manifest, chart or index is rejected. */
export const MAXIMUM_SOURCE_BYTES = 16 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MILLISECONDS = 60_000;

export interface SourceLoaderOptions {
  /** Directory of downloads and the lock file. */
  readonly directory: string;
  /** Replaces every remote location: nothing else is contacted. */
  readonly mirror?: Mirror;
  /** PEM of every trusted authority; absent: those that Node trusts. */
  readonly certificateAuthorities?: string | readonly string[];
  /** Absent: never a proxy. */
  readonly proxy?: ProxyChoice;
  readonly maximumBytes?: number;
  readonly timeoutMilliseconds?: number;
}

/** A source and its expected digest. */
export interface SourceRequest {
  /** Absolute path or https URL: the name under which it is recorded, cached and mirrored. */
  readonly location: string;
  /** SHA-256 from the catalogue. */
  readonly sha256?: string | undefined;
  /** For messages. */
  readonly component: string;
  /** Resolves the URL to download from when it is not the location; unused with a mirror. */
  readonly address?: (signal: AbortSignal) => Promise<string>;
}

export interface SourceContent {
  readonly content: Buffer;
  /** SHA-256 of the content. */
  readonly digest: string;
}

/**
 * Loads manifests and charts from files and https URLs.
 * A digest in the catalogue is verified; without one it is recorded in `sources.lock.json` at the
 * first download and verified from then on. Downloads are cached by digest, so that a known source needs no network.
 * Concurrent callers share the download of a source.
 */
export class SourceLoader {
  readonly #options: SourceLoaderOptions;
  readonly #lock: SourceLock;
  readonly #running = new Map<string, Promise<SourceContent>>();
  /** Downloads are shared: they outlive the caller that started them. */
  readonly #lifetime = new AbortController();

  constructor(options: SourceLoaderOptions) {
    this.#options = options;
    this.#lock = new SourceLock(options.directory);
  }

  /** Stops running downloads. */
  close(): void {
    this.#lifetime.abort();
  }

  /** @throws NautesError `SourceUnavailable`, `SourceDigestMismatch`, `SourceInvalid`, `SourceLockDamaged` */
  load(source: SourceRequest, signal: AbortSignal): Promise<SourceContent> {
    const key = `${source.sha256 ?? ''} ${source.location}`;
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#load(source).finally(() => this.#running.delete(key));
      running.catch(() => {}); // callers handle it; there may be none left
      this.#running.set(key, running);
    }
    return untilAborted(running, signal);
  }

  /** Whether it can be loaded without a network: it is a file, or was downloaded before. */
  async isHere(location: string, promised?: string): Promise<boolean> {
    if (!isRemote(location)) return true;
    const digest = promised ?? (await this.#lock.read()).get(location);
    return digest !== undefined && (await exists(join(this.#options.directory, digest)));
  }

  /** Loads mutable content, such as the index of a chart repository: neither verified nor cached. */
  loadVolatile(address: string, component: string, signal: AbortSignal): Promise<Buffer> {
    return this.#fetch(address, component, AbortSignal.any([signal, this.#lifetime.signal]));
  }

  /** Digests recorded for sources without one in the catalogue, by location. */
  recordedDigests(): Promise<ReadonlyMap<string, string>> {
    return this.#lock.read();
  }

  async #load(source: SourceRequest): Promise<SourceContent> {
    const { location, component } = source;
    if (!isRemote(location)) {
      return verified(await this.#readFile(location, component), source.sha256, component, PROMISE.catalogue);
    }
    const promised = source.sha256 ?? (await this.#lock.read()).get(location);
    const kept = promised === undefined ? undefined : await this.#kept(promised);
    if (promised !== undefined && kept !== undefined) return { content: kept, digest: promised };
    const promise = source.sha256 === undefined ? PROMISE.lock : PROMISE.catalogue;
    const fetched = verified(await this.#fetchSource(source), promised, component, promise);
    await makePrivateDirectory(this.#options.directory);
    await writeFileAtomically(join(this.#options.directory, fetched.digest), fetched.content);
    if (promised !== undefined) return fetched;
    return verified(fetched.content, await this.#lock.record(location, fetched.digest), component, PROMISE.lock);
  }

  async #fetchSource({ location, component, address }: SourceRequest): Promise<Buffer> {
    const { signal } = this.#lifetime;
    const { mirror } = this.#options;
    if (mirror === undefined) return this.#fetch((await address?.(signal)) ?? location, component, signal);
    const copy = mirroredLocation(mirror, location);
    return mirror.kind === 'directory' ? this.#readFile(copy, component) : this.#fetch(copy, component, signal);
  }

  #fetch(address: string, component: string, signal: AbortSignal): Promise<Buffer> {
    const { certificateAuthorities, proxy, maximumBytes, timeoutMilliseconds } = this.#options;
    const options = {
      maximumBytes: maximumBytes ?? MAXIMUM_SOURCE_BYTES,
      timeoutMilliseconds: timeoutMilliseconds ?? DOWNLOAD_TIMEOUT_MILLISECONDS,
      ...defined({ certificateAuthorities, proxy }),
    };
    return download(address, component, options, signal);
  }

  /** A cached download, unless its file is damaged. */
  async #kept(digest: string): Promise<Buffer | undefined> {
    try {
      const content = await readFile(join(this.#options.directory, digest));
      return sha256(content) === digest ? content : undefined;
    } catch (error) {
      if (isMissingFile(error)) return undefined;
      throw error;
    }
  }

  async #readFile(path: string, component: string): Promise<Buffer> {
    const limit = this.#options.maximumBytes ?? MAXIMUM_SOURCE_BYTES;
    let content: Buffer | undefined;
    try {
      content = await readFileIfPresent(path, limit);
    } catch (error) {
      if (error instanceof RangeError) {
        const problem = message('SourceInvalid.tooLarge', { maximum: limit });
        throw new NautesError('SourceInvalid', { component, problem });
      }
      const problem = verbatim(error instanceof Error && 'code' in error ? `${path}: ${String(error.code)}` : path);
      throw new NautesError('SourceUnavailable', { component, problem }, { cause: error });
    }
    if (content !== undefined) return content;
    throw new NautesError('SourceUnavailable', {
      component,
      problem: message('SourceUnavailable.fileMissing', { path }),
    });
  }
}

/** The origin of a digest, for messages. */
const PROMISE = {
  catalogue: message('SourceDigestMismatch.catalogue'),
  lock: message('SourceDigestMismatch.lock', { file: LOCK_FILE_NAME }),
};

function verified(content: Buffer, expected: string | undefined, component: string, promise: Message): SourceContent {
  const digest = sha256(content);
  if (expected === undefined || digest === expected) return { content, digest };
  throw new NautesError('SourceDigestMismatch', { component, promise });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
