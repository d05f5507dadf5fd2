import { randomBytes } from 'node:crypto';
import { setImmediate as immediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { NautesError } from '../../errors/errors.ts';
import { untilAborted } from '../../base/async/timing.ts';
import type { Logger } from '../../base/logger.ts';
import type { CommitInfo, GitStore } from '../../git-store/index.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import { CLUSTER_KIND, clusterKey } from '../../resources/cluster/cluster-key.ts';
import type { OffboardingRecord } from '../../resources/cluster/offboarding-record.ts';
import type { State } from '../../state/index.ts';
import { knownStatus } from '../read/known-status.ts';
import { ChangedNames } from './changed-names.ts';
import { type FleetRow, fleetRow } from './fleet-row.ts';

/** Changes of a cluster are told at most this often, in milliseconds: the last state counts. */
export const COALESCING_MILLISECONDS = 250;

/** After a part could not be read, it is tried again after this time, in milliseconds. */
const RETRY_MILLISECONDS = 5000;

/** What is counted of the last 24 hours is counted again this often, in milliseconds. */
const SWEEP_MILLISECONDS = 10 * 60_000;

/** Rows that are made without giving others a turn. */
const ROWS_AT_ONCE = 50;

export interface FleetSurroundings {
  readonly repo: Pick<GitStore, 'snapshot' | 'onHeadChange' | 'lastCommit'>;
  readonly state: Pick<State, 'status' | 'offboardings' | 'onChange'>;
  readonly logger: Logger;
}

/** What readers get of the rows. */
export interface FleetReader {
  /** Resolves when every row was made once. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** Names this process's counting of revisions. */
  readonly epoch: string;
  /** Grows with every change of a row. */
  readonly revision: number;
  /** In the order of names. */
  readonly rows: () => readonly FleetRow[];
  readonly row: (name: string) => FleetRow | undefined;
  /** Names whose row came, changed or went after the revision; `undefined` when that is not known any more. */
  readonly changedSince: (revision: number) => readonly string[] | undefined;
  /** Calls the listener with the names of rows that came, changed or went. Returns the unsubscriber. */
  readonly onChange: (listener: (names: readonly string[]) => void) => () => void;
}

/**
 * A row for each cluster, kept in memory and brought up to date by what changes: the head of the repository and the state,
 * also when another process has changed them. Nothing is read before the first reader comes, and no reader waits for
 * controllers.
 */
export class Fleet implements FleetReader {
  readonly epoch = randomBytes(4).toString('hex');
  readonly #surroundings: FleetSurroundings;
  readonly #rows = new Map<string, FleetRow>();
  /** Sorted; absent after a row came or went. */
  #names: readonly string[] | undefined;
  readonly #commits = new Map<string, CommitInfo>();
  readonly #listeners = new Set<(names: readonly string[]) => void>();
  readonly #stop = new AbortController();
  #changes = new ChangedNames(0);
  #revision = 0;
  #dirty = new Set<string>();
  #unsubscribe: (() => void) | undefined;
  #loading: Promise<void> | undefined;
  #isLoaded = false;
  #timer: NodeJS.Timeout | undefined;
  #updating: Promise<void> | undefined;
  #updatedAt = Number.NEGATIVE_INFINITY;

  constructor(surroundings: FleetSurroundings) {
    this.#surroundings = surroundings;
  }

  readonly ready = async (signal: AbortSignal): Promise<void> => {
    if (this.#isLoaded) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    await untilAborted(this.#loading, signal);
  };

  get revision(): number {
    return this.#revision;
  }

  readonly rows = (): readonly FleetRow[] => {
    this.#names ??= [...this.#rows.keys()].sort();
    return this.#names.flatMap((name) => this.#rows.get(name) ?? []);
  };

  readonly row = (name: string): FleetRow | undefined => this.#rows.get(name);

  readonly changedSince = (revision: number): readonly string[] | undefined => {
    return revision > this.#revision ? undefined : this.#changes.since(revision);
  };

  readonly onChange = (listener: (names: readonly string[]) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async close(): Promise<void> {
    this.#stop.abort(new NautesError('Closing'));
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    await this.#updating?.catch(() => {});
  }

  async #load(): Promise<void> {
    const { repo, state } = this.#surroundings;
    this.#stop.signal.throwIfAborted();
    this.#unsubscribe ??= this.#subscribe();
    for (const name of repo.snapshot().of(clusterFiles).keys()) this.#dirty.add(name);
    for (const name of await state.status.names(CLUSTER_KIND)) this.#dirty.add(name);
    for (const { cluster } of await state.offboardings.list(CLUSTER_KIND)) this.#dirty.add(cluster);
    await this.#update();
    this.#isLoaded = true;
    for (const name of this.#rows.keys()) this.#dirty.add(name); // once more, with the commits
    this.#schedule();
  }

  #subscribe(): () => void {
    const { repo, state } = this.#surroundings;
    const sweep = setInterval(() => {
      this.#mark([...this.#rows.values()].flatMap(({ name, repairs }) => (repairs > 0 ? [name] : [])));
    }, SWEEP_MILLISECONDS).unref();
    const stops = [
      state.onChange(({ kind, name }) => {
        if (kind === CLUSTER_KIND) this.#mark([name]);
      }),
      repo.onHeadChange(({ changed }) => {
        const names = changed.of(clusterFiles);
        for (const name of names) this.#commits.delete(name);
        this.#mark(names);
      }),
    ];
    return () => {
      clearInterval(sweep);
      for (const stop of stops) stop();
    };
  }

  #mark(names: readonly string[]): void {
    for (const name of names) this.#dirty.add(name);
    this.#schedule();
  }

  /** At once after a pause, else when the time is over. */
  #schedule(delay = Math.max(0, this.#updatedAt + COALESCING_MILLISECONDS - performance.now())): void {
    if (!this.#isLoaded || this.#timer !== undefined || this.#stop.signal.aborted || this.#dirty.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#update().then(
        () => this.#next(),
        (error: unknown) => this.#fail(error),
      );
    }, delay);
    this.#timer.unref();
  }

  #next(): void {
    this.#timer = undefined;
    this.#schedule();
  }

  #fail(error: unknown): void {
    this.#timer = undefined;
    if (this.#stop.signal.aborted) return;
    this.#surroundings.logger.warn({ error }, 'the list of clusters could not be brought up to date');
    this.#schedule(RETRY_MILLISECONDS);
  }

  #update(): Promise<void> {
    this.#updating = this.#renew();
    return this.#updating;
  }

  /** Makes the rows of the names that are marked, and tells those that differ. What fails stays marked. */
  async #renew(): Promise<void> {
    const names = [...this.#dirty];
    this.#dirty = new Set();
    this.#updatedAt = performance.now();
    const changed: string[] = [];
    try {
      const departures = await this.#departures();
      for (const [index, name] of names.entries()) {
        if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await immediate();
        this.#stop.signal.throwIfAborted();
        if (this.#put(name, await this.#make(name, departures.get(name) ?? []))) changed.push(name);
      }
    } catch (error) {
      for (const name of names) this.#dirty.add(name);
      throw error;
    } finally {
      this.#tell(changed);
    }
  }

  async #departures(): Promise<ReadonlyMap<string, readonly OffboardingRecord[]>> {
    return Map.groupBy(await this.#surroundings.state.offboardings.list(CLUSTER_KIND), ({ cluster }) => cluster);
  }

  async #make(name: string, offboardings: readonly OffboardingRecord[]): Promise<FleetRow | undefined> {
    const { repo, state } = this.#surroundings;
    const stored = await state.status.get(clusterKey(name));
    const commit = this.#isLoaded ? await this.#commitOf(name) : undefined;
    const entry = repo.snapshot().of(clusterFiles).get(name);
    const status = knownStatus({ name, entry, stored, offboardings });
    if (status === undefined) this.#commits.delete(name);
    return status && fleetRow({ entry, status, commit, now: Date.now() });
  }

  /** `undefined` as long as it cannot be found out: the row says nothing of it then. */
  async #commitOf(name: string): Promise<CommitInfo | undefined> {
    const known = this.#commits.get(name);
    if (known !== undefined) return known;
    const { repo } = this.#surroundings;
    try {
      const head = repo.snapshot().commit;
      const found = await repo.lastCommit(clusterFiles, name, this.#stop.signal);
      const isLast = head === repo.snapshot().commit; // else it may have been overtaken, and is asked for again
      if (found !== undefined && isLast) this.#commits.set(name, found);
      return found;
    } catch (error) {
      this.#surroundings.logger.debug({ error, cluster: name }, 'the last commit of a cluster could not be read');
      return undefined;
    }
  }

  #put(name: string, row: FleetRow | undefined): boolean {
    const before = this.#rows.get(name);
    if (isDeepStrictEqual(before, row)) return false;
    if (before === undefined || row === undefined) this.#names = undefined;
    if (row === undefined) this.#rows.delete(name);
    else this.#rows.set(name, row);
    return true;
  }

  #tell(names: readonly string[]): void {
    if (names.length === 0) return;
    this.#revision += 1;
    this.#changes.add(this.#revision, names);
    for (const listener of this.#listeners) listener(names);
  }
}
