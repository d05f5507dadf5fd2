import { NautesError } from '../errors/errors.ts';
import { untilAborted } from '../base/async/timing.ts';
import type { VaultClient } from './client.ts';
import { says } from './replies.ts';
import { isRecord, type JsonRecord, numberOf, pathOf, recordAt, textOf, textsOf } from './values.ts';

/** The current content of a path. */
export interface KvEntry {
  /** `undefined` when the path is empty, or its last version was deleted. */
  readonly data: JsonRecord | undefined;
  /** Number of the last version, for check-and-set; 0 when there never was one. */
  readonly version: number;
}

export interface KvMetadata {
  readonly version: number;
  /** True when the last version can be read. */
  readonly isLive: boolean;
  /** When the last version was written, RFC 3339 with milliseconds, by the clock of Vault. */
  readonly updatedAt: string;
}

/** Shared requests have their own deadlines: they do not end when one of the callers aborts. */
const NEVER = new AbortController().signal;
/** A name in a list, with the slash of a folder: others are none of ours, and would be another path when asked for. */
const NAME = /^[\x21-\x2e\x30-\x7e]{1,512}\/?$/;
const DOTS = /^\.{1,2}\/?$/;
const TYPES = /^[a-z0-9_-]{1,40}$/;

/**
 * A KV secrets engine of version 2. The version is checked before the first use: on an engine of version 1 the same
 * requests would succeed and mean something else.
 */
export class KvEngine {
  readonly mount: string;
  readonly #client: VaultClient;
  #checked: Promise<void> | undefined;

  constructor(client: VaultClient, mount: string) {
    this.#client = client;
    this.mount = mount;
  }

  /** @throws NautesError `VaultMountMissing`, `VaultMountVersion1`, `VaultMountUnsuitable` and those of the client */
  async check(signal: AbortSignal): Promise<void> {
    const { mount } = this;
    const call = { operation: 'read', path: `sys/internal/ui/mounts/${pathOf(mount)}` } as const;
    const found = await this.#client.data(call, signal).catch((error: unknown) => {
      if (error instanceof NautesError && error.reason === 'VaultPermissionDenied') return undefined;
      throw error;
    });
    if (found === undefined) throw new NautesError('VaultMountMissing', { mount });
    const type = textOf(found, 'type');
    if (type !== 'kv' && type !== 'generic') {
      throw new NautesError('VaultMountUnsuitable', { mount, type: TYPES.test(type) ? type : 'another' });
    }
    if (textOf(recordAt(found, 'options'), 'version') !== '2') throw new NautesError('VaultMountVersion1', { mount });
  }

  async read(path: string, signal: AbortSignal): Promise<KvEntry> {
    await this.#ready(signal);
    const { status, body } = await this.#client.call({ operation: 'read', path: this.#path('data', path) }, signal);
    const metadata = recordAt(body, 'data', 'metadata');
    const data = recordAt(body, 'data')['data'];
    return { data: status !== 404 && isRecord(data) ? data : undefined, version: versionOf(metadata, 'version') };
  }

  /**
   * Writes a new version if the last one is the expected one.
   * @returns the number of the new version
   * @throws NautesError `VaultConflict` when it is not
   */
  async write(path: string, data: JsonRecord, expectedVersion: number, signal: AbortSignal): Promise<number> {
    await this.#ready(signal);
    const body = { data, options: { cas: expectedVersion } };
    const call = { operation: 'write', path: this.#path('data', path), body } as const;
    const reply = await this.#client.call(call, signal);
    if (reply.status === 404) throw this.#missing(says(reply, 'noRoute'), call);
    return versionOf(recordAt(reply.body, 'data'), 'version');
  }

  async metadata(path: string, signal: AbortSignal): Promise<KvMetadata | undefined> {
    await this.#ready(signal);
    const data = await this.#client.data({ operation: 'read', path: this.#path('metadata', path) }, signal);
    if (data === undefined) return undefined;
    const version = versionOf(data, 'current_version');
    const last = recordAt(data, 'versions', String(version));
    const created = Date.parse(textOf(last, 'created_time') || textOf(data, 'updated_time'));
    return {
      version,
      isLive: version > 0 && textOf(last, 'deletion_time') === '' && last['destroyed'] !== true,
      updatedAt: new Date(Number.isNaN(created) ? 0 : created).toISOString(),
    };
  }

  /** Sets how many versions of the path are kept, and who manages it. */
  async configure(path: string, maximumVersions: number, note: JsonRecord, signal: AbortSignal): Promise<void> {
    await this.#ready(signal);
    const body = { max_versions: maximumVersions, custom_metadata: note };
    const call = { operation: 'write', path: this.#path('metadata', path), body } as const;
    const reply = await this.#client.call(call, signal);
    if (reply.status === 404) throw this.#missing(says(reply, 'noRoute'), call);
  }

  /** The names directly below a path; folders end with a slash. */
  async list(path: string, signal: AbortSignal): Promise<readonly string[]> {
    await this.#ready(signal);
    const data = await this.#client.data({ operation: 'list', path: this.#path('metadata', path) }, signal);
    return data === undefined ? [] : textsOf(data, 'keys').filter((name) => NAME.test(name) && !DOTS.test(name));
  }

  /** Removes a path with all its versions permanently. Absent is fine. */
  async destroy(path: string, signal: AbortSignal): Promise<void> {
    await this.#ready(signal);
    await this.#client.call({ operation: 'delete', path: this.#path('metadata', path) }, signal);
  }

  /** The path of the request, as used in policies. */
  #path(kind: 'data' | 'metadata', path: string): string {
    return `${pathOf(this.mount)}/${kind}/${pathOf(path)}`;
  }

  async #ready(signal: AbortSignal): Promise<void> {
    this.#checked ??= this.check(NEVER).catch((error: unknown) => {
      this.#checked = undefined;
      throw error;
    });
    await untilAborted(this.#checked, signal);
  }

  #missing(isMount: boolean, { operation, path }: { operation: 'write'; path: string }): NautesError {
    this.#checked = undefined; // the mount existed before
    return isMount
      ? new NautesError('VaultMountMissing', { mount: this.mount })
      : new NautesError('VaultRequestRefused', { operation, path, status: 404 });
  }
}

/** The number of a version; 0 for what is none. */
function versionOf(record: JsonRecord, key: string): number {
  const version = numberOf(record, key);
  return Number.isSafeInteger(version) && version > 0 ? version : 0;
}
