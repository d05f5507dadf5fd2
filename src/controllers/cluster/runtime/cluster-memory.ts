import { RepairLog } from './repair-log.ts';
import type { SettledState } from './settled-state.ts';

/** An uploaded credential that is refused is presented again after this time, then after twice that, and so on. */
const REFUSED_PAUSE_MILLISECONDS = 60_000;
const MAXIMUM_REFUSED_PAUSE_MILLISECONDS = 24 * 3_600_000;

/** Health is read again after this time although nothing has changed: some conditions count only once they are old. */
const KNOWN_HEALTH_MILLISECONDS = 3_600_000;

/**
 * What is remembered about one registration from run to run and lost with the process: nothing that is needed to be right,
 * only what keeps events from being repeated and a fight over a field from continuing for ever.
 */
export class ClusterMemory {
  readonly incarnation: string;
  readonly repairs = new RepairLog();
  /** True once it is certain that no token of ours but the active one is valid; a run that was cut off may leave some. */
  areTokensSwept = false;
  /** Runs in a row that could not publish the cluster, or withdraw what is no longer wanted. */
  publishingFailures = 0;
  /** Absent unless everything on the cluster was as declared in the last look. */
  settled: SettledState | undefined;
  /** Until then the cluster is not looked at in the way that is for settled ones; milliseconds since the epoch. */
  unsuitedUntil = 0;
  /** Looks in a row that were done and found something else than was left. */
  triesToSettle = 0;
  /** When everything is compared again; milliseconds since the epoch. */
  nextLook = 0;
  readonly #told = new Set<string>();
  readonly #healthy = new Map<string, { readonly versions: string; readonly until: number }>();
  readonly #unreadySince = new Map<string, number>();
  readonly #refused = new Map<string, { readonly pause: number; readonly until: number }>();
  #generation = '';

  constructor(incarnation: string) {
    this.incarnation = incarnation;
  }

  /**
   * A run for this generation begins: a change of the file, and a look that a person asks for, give everything its time
   * again.
   */
  beginRun(generation: string, isRequested: boolean): void {
    if (isRequested) {
      this.publishingFailures = 0;
      this.repairs.clear();
      this.areTokensSwept = false;
    }
    if (generation === this.#generation && !isRequested) return;
    this.#generation = generation;
    this.settled = undefined;
    this.triesToSettle = 0;
    this.#unreadySince.clear();
    this.#healthy.clear();
    this.#refused.clear();
  }

  /** The cluster did not accept this version of an uploaded credential, and does accept another one. */
  markRefused(version: string, now: number): void {
    const before = this.#refused.get(version)?.pause ?? REFUSED_PAUSE_MILLISECONDS / 2;
    const pause = Math.min(2 * before, MAXIMUM_REFUSED_PAUSE_MILLISECONDS);
    this.#refused.set(version, { pause, until: now + pause });
  }

  /** True while a version that was refused comes after all others: the cluster need not refuse it at every look. */
  isPutOff(version: string, now: number): boolean {
    return now < (this.#refused.get(version)?.until ?? 0);
  }

  /** True the first time: each thing is told once. */
  shouldTell(text: string): boolean {
    if (this.#told.has(text)) return false;
    this.#told.add(text);
    return true;
  }

  /** Since when a component has not been ready, as far as this process has seen; milliseconds since the epoch. */
  unreadySince(component: string, now: number): number {
    const since = this.#unreadySince.get(component) ?? now;
    this.#unreadySince.set(component, since);
    return since;
  }

  /** The component was healthy with its objects in these versions (see `ApplyReport.versions`). */
  markHealthy(component: string, versions: string, now: number): void {
    this.#healthy.set(component, { versions, until: now + KNOWN_HEALTH_MILLISECONDS });
  }

  /** True when nothing of the component has changed since it was healthy: its health need not be read. */
  isKnownHealthy(component: string, versions: string, now: number): boolean {
    const known = this.#healthy.get(component);
    return known !== undefined && known.versions === versions && now < known.until;
  }

  /** The component is ready, or gone. */
  markReady(component: string): void {
    this.#unreadySince.delete(component);
  }
}
