import { message } from '../../messages/message.ts';
import { NautesError } from '../../errors/errors.ts';
import { parseInSlices, UnsliceableJson } from '../../base/network/json-slices.ts';
import { invalidJson } from './invalid-json.ts';
import { sha256 } from '../../base/hash.ts';
import { sleep } from '../../base/async/timing.ts';
import type { KubeClient } from './client.ts';
import { MAXIMUM_DISCOVERY_BYTES } from '../transport/answer-limits.ts';
import { throwUnlessSuccess } from './requests.ts';
import { groupOf, isRecord, listAt, textAt } from '../../kube-objects/kube-object.ts';
import { type ResourceType, wellKnown } from '../../kube-objects/resource-types.ts';

/** Aggregated discovery: one request for all groups (stable since Kubernetes 1.30). */
const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** How often is looked whether a new kind is served; a real server serves it within 50 ms after Established. */
const SERVED_POLL_MILLISECONDS = 50;

/** Kinds that one cluster may serve, all versions; the largest in the field have 2,000. */
const MAXIMUM_KINDS = 20_000;
/** A kind of another form cannot be asked for: its names are DNS labels and subdomains (apiextensions validation). */
const API_VERSION = /^([a-z0-9][a-z0-9.-]{0,252}\/)?[a-z0-9][a-z0-9-]{0,62}$/;
const KIND = /^[A-Za-z][A-Za-z0-9-]{0,62}$/;
const PLURAL = /^[a-z0-9][a-z0-9.-]{0,252}$/;

/** The kinds that one answer named. */
interface ServedKinds {
  /** By `apiVersion kind`. */
  readonly types: ReadonlyMap<string, ResourceType>;
  /** One for each kind that can be listed. */
  readonly listable: readonly ResourceType[];
  /** `group/version` whose APIService does not answer. */
  readonly stale: readonly string[];
}

const NOTHING: ServedKinds = { types: new Map(), listable: [], stale: [] };

/** Equal answers of different clusters share their result: a fleet mostly has the same kinds. */
const shared = new Map<string, WeakRef<ServedKinds>>();
const forget = new FinalizationRegistry<string>((digest) => {
  if (shared.get(digest)?.deref() === undefined) shared.delete(digest);
});

/**
 * Which kinds a cluster serves. Kept from one use to the next and asked again (with `If-None-Match`) only when a kind
 * is not known; groups whose backend does not answer are tolerated and named.
 */
export class Discovery {
  readonly #client: KubeClient;
  readonly #known: KnownKinds;
  #loaded: boolean;
  #refreshing: Promise<void> | undefined;
  /** When the groups were last asked for: milliseconds of `performance.now()`. */
  #groupsAskedAt = Number.NEGATIVE_INFINITY;

  /** @param known of an earlier connection to the cluster, to be asked for only where it has changed */
  constructor(client: KubeClient, known = new KnownKinds()) {
    this.#client = client;
    this.#known = known;
    this.#loaded = known.isFresh;
  }

  /** The type of a kind, or `undefined` when the cluster does not serve it. */
  async resolve(apiVersion: string, kind: string, signal: AbortSignal): Promise<ResourceType | undefined> {
    const known = this.#lookup(apiVersion, kind);
    if (known !== undefined) return known;
    await (groupOf(apiVersion) === '' ? this.refresh(signal) : this.refreshGroups(signal));
    return this.#lookup(apiVersion, kind);
  }

  /** What is known without asking; {@link refresh} first. */
  served(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#lookup(apiVersion, kind);
  }

  /** Asks again. Calls that come while one is under way share its outcome. */
  async refresh(signal: AbortSignal): Promise<void> {
    const other = this.#refreshing;
    if (other !== undefined) {
      const succeeded = await other.then(
        () => true,
        () => false, // it may have been aborted by its own caller
      );
      if (succeeded) return;
    }
    this.#refreshing = this.#refreshAll(signal);
    await this.#refreshing;
  }

  async #refreshAll(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    try {
      await Promise.all(this.#known.sources.map((source) => source.refresh(this.#client, signal)));
      this.#loaded = true;
      this.#groupsAskedAt = now;
      this.#known.loaded();
    } finally {
      this.#refreshing = undefined;
    }
  }

  /** Asks again for what definitions add: the kinds of the core group are those of the server's version. */
  async refreshGroups(signal: AbortSignal): Promise<void> {
    if (!this.#loaded || this.#refreshing !== undefined) return await this.refresh(signal);
    const [, groups] = this.#known.sources;
    const now = performance.now();
    this.#refreshing = groups.refresh(this.#client, signal).finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
    this.#groupsAskedAt = now;
  }

  /** As {@link refreshGroups}, unless that was asked for since. @param since milliseconds of `performance.now()` */
  async groupsSince(since: number, signal: AbortSignal): Promise<void> {
    await this.#refreshing?.catch(() => {}); // told to who asked
    if (this.#groupsAskedAt < since) await this.refreshGroups(signal);
  }

  /** Asks only when nothing is known yet. */
  async load(signal: AbortSignal): Promise<void> {
    if (!this.#loaded) await this.refresh(signal);
  }

  /** Every kind that can be listed, in its preferred version, as far as is known; {@link refresh} first. */
  get listableTypes(): readonly ResourceType[] {
    return this.#known.sources.flatMap((source) => source.kinds.listable);
  }

  /** `group/version` of APIs that an APIService announces and whose backend does not answer. */
  get staleGroupVersions(): readonly string[] {
    return this.#known.sources.flatMap((source) => source.kinds.stale);
  }

  /**
   * Waits until a kind is served.
   * @throws NautesError `KindNotServed` after the time given, `ApiGroupUnavailable` when its group is stale then
   */
  async waitUntilServed(
    apiVersion: string,
    kind: string,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<ResourceType> {
    const end = Date.now() + milliseconds;
    while (true) {
      const type = await this.resolve(apiVersion, kind, signal);
      if (type !== undefined) return type;
      if (Date.now() >= end) throw this.notServed(apiVersion, kind);
      await sleep(SERVED_POLL_MILLISECONDS, signal);
    }
  }

  /** The error that says why a kind is not to be had. */
  notServed(apiVersion: string, kind: string): NautesError {
    const stale = this.staleGroupVersions.includes(apiVersion);
    return stale
      ? new NautesError('ApiGroupUnavailable', { apiVersion })
      : new NautesError('KindNotServed', { apiVersion, kind });
  }

  #lookup(apiVersion: string, kind: string): ResourceType | undefined {
    const key = `${apiVersion} ${kind}`;
    for (const { kinds } of this.#known.sources) {
      const found = kinds.types.get(key);
      if (found !== undefined) return found;
    }
    return this.#loaded ? undefined : WELL_KNOWN.get(key);
  }
}

const WELL_KNOWN: ReadonlyMap<string, ResourceType> = new Map(
  Object.values(wellKnown).map((type) => [`${type.apiVersion} ${type.kind}`, type]),
);

/** As long as a connection is kept: what was asked by the one before is as good as what was asked by the same one. */
const FRESH_MILLISECONDS = 15_000;

/** The kinds that a cluster was last seen to serve. */
export class KnownKinds {
  readonly sources = [new DiscoverySource('/api'), new DiscoverySource('/apis')] as const;
  #loadedAt = Number.NEGATIVE_INFINITY;

  /** Everything was asked for just now. */
  loaded(): void {
    this.#loadedAt = performance.now();
  }

  /** Whether a connection that begins now need not ask. */
  get isFresh(): boolean {
    return performance.now() - this.#loadedAt < FRESH_MILLISECONDS;
  }
}

/** One of the two discovery documents: `/api` for the core group, `/apis` for the others. */
class DiscoverySource {
  readonly #path: string;
  #etag = '';
  kinds: ServedKinds = NOTHING;

  constructor(path: string) {
    this.#path = path;
  }

  async refresh(client: KubeClient, signal: AbortSignal): Promise<void> {
    const headers: Record<string, string> = this.#etag === '' ? {} : { 'if-none-match': this.#etag };
    const response = await client.raw(
      { method: 'GET', path: this.#path, accept: ACCEPT, headers, maximumResponse: MAXIMUM_DISCOVERY_BYTES },
      signal,
    );
    if (response.status === 304) return;
    throwUnlessSuccess(response);
    this.kinds = await parsedOnce(response.body, client.address);
    const etag = response.headers['etag'];
    this.#etag = typeof etag === 'string' ? etag : '';
  }
}

async function parsedOnce(body: string, address: string): Promise<ServedKinds> {
  const digest = sha256(body);
  const known = shared.get(digest)?.deref();
  if (known !== undefined) return known;
  const kinds = servedKindsOf(await documentOf(body, address), address);
  shared.set(digest, new WeakRef(kinds));
  forget.register(kinds, digest);
  return kinds;
}

async function documentOf(body: string, address: string): Promise<unknown> {
  try {
    return await parseInSlices(body);
  } catch (error) {
    if (error instanceof UnsliceableJson) throw invalidJson(address, error);
    return undefined;
  }
}

function servedKindsOf(document: unknown, address: string): ServedKinds {
  if (textAt(document, 'kind') !== 'APIGroupDiscoveryList') {
    throw new NautesError('ClusterResponseInvalid', { address, problem: message('ClusterResponseInvalid.discovery') });
  }
  const types = new Map<string, ResourceType>();
  const stale: string[] = [];
  for (const group of listAt(document, 'items')) {
    const name = textAt(group, 'metadata', 'name');
    for (const version of listAt(group, 'versions')) {
      const apiVersion = name === '' ? textAt(version, 'version') : `${name}/${textAt(version, 'version')}`;
      if (textAt(version, 'freshness') === 'Stale' && API_VERSION.test(apiVersion)) stale.push(apiVersion);
      for (const resource of listAt(version, 'resources')) {
        const type = resourceTypeOf(apiVersion, resource);
        if (type !== undefined) types.set(`${apiVersion} ${type.kind}`, type);
      }
      if (types.size + stale.length > MAXIMUM_KINDS) throw tooManyKinds(address);
    }
  }
  return { types, listable: listableOf(types.values()), stale };
}

function tooManyKinds(address: string): NautesError {
  const problem = message('ClusterResponseInvalid.kinds', { limit: MAXIMUM_KINDS });
  return new NautesError('ClusterResponseInvalid', { address, problem });
}

/** The preferred version of a group comes first. */
function listableOf(types: Iterable<ResourceType>): ResourceType[] {
  const byKind = new Map<string, ResourceType>();
  for (const type of types) {
    const key = `${groupOf(type.apiVersion)}/${type.kind}`;
    if (type.listable && !byKind.has(key)) byKind.set(key, type);
  }
  return [...byKind.values()];
}

function resourceTypeOf(apiVersion: string, resource: unknown): ResourceType | undefined {
  if (!isRecord(resource)) return undefined;
  const kind = textAt(resource, 'responseKind', 'kind');
  const plural = textAt(resource, 'resource');
  if (!API_VERSION.test(apiVersion) || !KIND.test(kind) || !PLURAL.test(plural)) return undefined;
  const namespaced = resource['scope'] === 'Namespaced';
  return { apiVersion, kind, plural, namespaced, listable: listAt(resource, 'verbs').includes('list') };
}
