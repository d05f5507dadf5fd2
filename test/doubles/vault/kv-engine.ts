import { type Body, notFound, nothing, type VaultAnswer, VaultFailure, withData } from './errors.ts';

interface KvVersion {
  readonly createdTime: string;
  deletionTime: string;
  destroyed: boolean;
  data: unknown;
}

interface KvSecret {
  readonly createdTime: string;
  updatedTime: string;
  currentVersion: number;
  maxVersions: number;
  customMetadata: unknown;
  readonly versions: Map<number, KvVersion>;
}

const DEFAULT_MAXIMUM_VERSIONS = 10;

/** A KV engine of version 2 as far as it is used: data and metadata, check-and-set, lists. */
export class KvEngineDouble {
  readonly version: '1' | '2';
  readonly #secrets = new Map<string, KvSecret>();
  /** Of version 1, where a path is a path. */
  readonly #plain = new Map<string, unknown>();

  constructor(version: '1' | '2') {
    this.version = version;
  }

  /** Every path that has data or metadata. */
  get paths(): readonly string[] {
    return [...this.#secrets.keys(), ...this.#plain.keys()].toSorted();
  }

  /** Everything ever written that is still held, as text. */
  get content(): string {
    return JSON.stringify([[...this.#secrets].map(([path, secret]) => [path, [...secret.versions]]), [...this.#plain]]);
  }

  handle(method: string, path: string, body: Body, isList: boolean): VaultAnswer {
    if (this.version === '1') return this.#handlePlain(method, path, body, isList);
    const [kind = '', ...rest] = path.split('/');
    const name = rest.join('/');
    if (kind === 'data') return this.#handleData(method, name, body);
    if (kind === 'metadata' && isList) return this.#list([...this.#secrets.keys()], name);
    if (kind === 'metadata') return this.#handleMetadata(method, name, body);
    throw new VaultFailure(404, `no handler for route "${path}". route entry found, but unsupported path`);
  }

  #handleData(method: string, name: string, body: Body): VaultAnswer {
    if (method === 'POST') return this.#write(name, body);
    return method === 'DELETE' ? this.#softDelete(name) : this.#read(name);
  }

  #handleMetadata(method: string, name: string, body: Body): VaultAnswer {
    if (method === 'POST') return this.#writeMetadata(name, body);
    if (method === 'GET') return this.#readMetadata(name);
    this.#secrets.delete(name);
    return nothing;
  }

  #read(name: string): VaultAnswer {
    const secret = this.#secrets.get(name);
    const version = secret?.versions.get(secret.currentVersion);
    if (secret === undefined || version === undefined) throw notFound();
    const isLive = version.deletionTime === '' && !version.destroyed;
    const data = { data: isLive ? version.data : null, metadata: metadataOf(secret, secret.currentVersion, version) };
    return { status: isLive ? 200 : 404, data };
  }

  #write(name: string, { data, options }: Body): VaultAnswer {
    if (typeof data !== 'object' || data === null) throw new VaultFailure(400, 'no data provided');
    const now = new Date().toISOString();
    const secret = this.#secrets.get(name) ?? newSecret(now);
    const cas = (options as Body | undefined)?.['cas'];
    if (cas !== undefined && cas !== secret.currentVersion) {
      throw new VaultFailure(400, 'check-and-set parameter did not match the current version');
    }
    secret.currentVersion += 1;
    secret.updatedTime = now;
    const version: KvVersion = { createdTime: now, deletionTime: '', destroyed: false, data };
    secret.versions.set(secret.currentVersion, version);
    const kept = secret.maxVersions || DEFAULT_MAXIMUM_VERSIONS;
    for (const number of secret.versions.keys()) {
      if (number <= secret.currentVersion - kept) secret.versions.delete(number);
    }
    this.#secrets.set(name, secret);
    return withData(metadataOf(secret, secret.currentVersion, version));
  }

  #softDelete(name: string): VaultAnswer {
    const secret = this.#secrets.get(name);
    const version = secret?.versions.get(secret.currentVersion);
    if (version !== undefined) version.deletionTime = new Date().toISOString();
    return nothing;
  }

  #readMetadata(name: string): VaultAnswer {
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw notFound();
    const versions = [...secret.versions].map(([number, { createdTime, deletionTime, destroyed }]) => [
      String(number),
      { created_time: createdTime, deletion_time: deletionTime, destroyed },
    ]);
    return withData({
      cas_required: false,
      created_time: secret.createdTime,
      current_version: secret.currentVersion,
      custom_metadata: secret.customMetadata,
      delete_version_after: '0s',
      max_versions: secret.maxVersions,
      updated_time: secret.updatedTime,
      versions: Object.fromEntries(versions) as unknown,
    });
  }

  #writeMetadata(name: string, body: Body): VaultAnswer {
    const secret = this.#secrets.get(name) ?? newSecret(new Date().toISOString());
    secret.maxVersions = Number(body['max_versions'] ?? secret.maxVersions);
    secret.customMetadata = body['custom_metadata'] ?? secret.customMetadata;
    this.#secrets.set(name, secret);
    return nothing;
  }

  #handlePlain(method: string, path: string, body: Body, isList: boolean): VaultAnswer {
    if (isList) return this.#list([...this.#plain.keys()], path);
    if (method === 'POST') this.#plain.set(path, body);
    if (method === 'DELETE') this.#plain.delete(path);
    if (method !== 'GET') return nothing;
    if (!this.#plain.has(path)) throw notFound();
    return withData(this.#plain.get(path));
  }

  #list(paths: readonly string[], below: string): VaultAnswer {
    const prefix = below === '' || below.endsWith('/') ? below : `${below}/`;
    const names = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
    const keys = new Set(names.map((name) => (name.includes('/') ? name.slice(0, name.indexOf('/') + 1) : name)));
    if (keys.size === 0) throw notFound();
    return withData({ keys: [...keys].toSorted() });
  }
}

function newSecret(now: string): KvSecret {
  return {
    createdTime: now,
    updatedTime: now,
    currentVersion: 0,
    maxVersions: 0,
    customMetadata: null,
    versions: new Map(),
  };
}

function metadataOf(secret: KvSecret, version: number, { createdTime, deletionTime, destroyed }: KvVersion) {
  return {
    created_time: createdTime,
    custom_metadata: secret.customMetadata,
    deletion_time: deletionTime,
    destroyed,
    version,
  };
}
