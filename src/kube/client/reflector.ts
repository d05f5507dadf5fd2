import { backoff, sleep } from '../../base/async/timing.ts';
import type { KubeObject } from '../../kube-objects/kube-object.ts';
import type { ResourceType } from '../../kube-objects/resource-types.ts';
import type { KubeClient } from './client.ts';
import type { ListBounds } from './list-limits.ts';
import type { WatchEvent } from './watch.ts';

/** A watch lasts so long, and a random part of it more, so that the watches of many processes end apart. */
const WATCH_SECONDS = 300;

/** Pauses after failures; also after watches that the server ends as soon as they begin. */
const PAUSES = { initialMilliseconds: 200, maximumMilliseconds: 5_000 };

/** A watch that has lasted this long was a good one. */
const GOOD_WATCH_MILLISECONDS = 5_000;

/** What is followed are objects of this installation, as many as it has made. */
const BOUNDS: ListBounds = { items: 1_000_000, bytes: 2 * 1024 * 1024 * 1024, pages: 100_000 };

export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** As it is now; the last state of a deleted one. */
  readonly object: KubeObject;
}

export interface ReflectorOptions {
  /** Asked before each request, so that a renewed credential is used. */
  readonly client: (signal: AbortSignal) => Promise<KubeClient>;
  readonly type: ResourceType;
  readonly namespace: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /**
   * Everything that there is at this `resourceVersion`, at the start and whenever changes were missed. Absent objects are
   * gone.
   */
  readonly onList: (objects: readonly KubeObject[], resourceVersion: string) => void;
  readonly onChange: (change: ObjectChange) => void;
  /** A watch has failed, or its version has expired; it begins again by itself. */
  readonly onRestart?: (error: unknown) => void;
}

/**
 * Follows all objects of a kind: a list, then a watch that is resumed where it ended. What client-go calls by this name,
 * but for one thing: after an error, also a lost connection, it lists again. An API server that was stopped may come back
 * with a restored data base, whose versions pass those of before within seconds: a watch resumed there misses what
 * is different, and no error says so.
 */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #controller = new AbortController();
  #version = '';
  #isConnected = false;
  /** A watch has ended since the last list. */
  #isResumed = false;
  #running: Promise<void> | undefined;

  constructor(options: ReflectorOptions) {
    this.#options = options;
  }

  /** Whether a watch is open, as far as can be known: what was told last may be behind while there is none. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Resolves when the first list was told; changes follow until it is closed. @throws what that list throws */
  async start(signal: AbortSignal): Promise<void> {
    await this.#list(AbortSignal.any([signal, this.#controller.signal]));
    this.#running = this.#follow();
  }

  /** Ends the watch; resolves when nothing more is told. */
  async close(): Promise<void> {
    this.#controller.abort();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#controller;
    let failures = 0;
    while (!signal.aborted) {
      const began = performance.now();
      const error = await this.#attempt(signal);
      if (signal.aborted) return;
      if (error !== undefined) this.#options.onRestart?.(error);
      failures = performance.now() - began >= GOOD_WATCH_MILLISECONDS ? 0 : failures + 1;
      if (failures > 0) await sleep(backoff(failures - 1, PAUSES), signal).catch(() => {});
    }
  }

  /** One watch, after a list where one is needed; the error that ended it, `undefined` for a normal end. */
  async #attempt(signal: AbortSignal): Promise<unknown> {
    try {
      if (this.#isResumed && (await this.#hasGoneBack(signal))) this.#version = '';
      if (this.#version === '') await this.#list(signal);
      this.#isResumed = true;
      await this.#watch(signal);
      return undefined;
    } catch (error) {
      this.#version = ''; // it may be another state that answers next
      return error;
    } finally {
      this.#isConnected = false;
    }
  }

  /**
   * Whether the server's versions are lower than what was seen: its data base was restored while it ran, which ends its
   * watches without an error. A watch from a version that is still to come hears nothing.
   */
  async #hasGoneBack(signal: AbortSignal): Promise<boolean> {
    const { client, type } = this.#options;
    const { resourceVersion } = await (await client(signal)).listHeads(type, { ...this.#scope, limit: 1 }, signal);
    return isLower(resourceVersion, this.#version);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, type, onList } = this.#options;
    const { items, resourceVersion } = await (await client(signal)).list(
      type,
      { ...this.#scope, bounds: BOUNDS },
      signal,
    );
    onList(items, resourceVersion);
    this.#version = resourceVersion;
    this.#isResumed = false;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, type } = this.#options;
    const seconds = Math.round(WATCH_SECONDS * (1 + Math.random() / 2));
    const options = { ...this.#scope, resourceVersion: this.#version, seconds };
    const connected = await client(signal);
    this.#isConnected = true;
    await connected.watch(type, options, (event) => this.#take(event), signal);
  }

  #take(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion;
      return;
    }
    this.#options.onChange(event);
    this.#version = event.object.metadata.resourceVersion ?? this.#version;
  }

  get #scope() {
    const { namespace, labelSelector, fieldSelector } = this.#options;
    return {
      namespace,
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
  }
}

/** Versions of one kind can be compared as numbers (Kubernetes 1.35, KEP-5504); others say nothing. */
function isLower(version: string, than: string): boolean {
  const isNumber = [version, than].every((text) => /^\d{1,20}$/.test(text));
  return isNumber && BigInt(version) < BigInt(than);
}
