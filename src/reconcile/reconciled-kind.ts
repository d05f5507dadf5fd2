import type { KeyRuntime } from './key-runtime.ts';
import type { RunOutcome } from './outcome.ts';
import type { HeldBack } from './quarantine.ts';
import type { Lane } from './work-queue.ts';

/** What a run is about. */
export interface RunRequest<Memory = unknown> {
  readonly name: string;
  /** In the healthy lane a run abandons what does not answer soon; in the suspect lane it keeps no other key waiting. */
  readonly lane: Lane;
  /** A person has asked for this look: what a run would leave for later is checked as well. */
  readonly isRequested: boolean;
  /** What is kept of the key between its runs. */
  readonly runtime: KeyRuntime<Memory>;
}

/**
 * The resources of one kind, as the reconciler works on them.
 *
 * A run is level-based. It gets a name and nothing about what has happened to it; it reads what is declared and what is,
 * changes the difference, reports the status, and says with its outcome when to run again. There is no create, update
 * or delete, and nothing that is remembered between runs is needed to be right. A name runs once at a time. A run is
 * aborted when what is declared changes, and may be cut off anywhere: the next one begins from what it then finds.
 *
 * ```ts
 * const products: ReconciledKind = {
 *   kind: 'Product',
 *   resyncMilliseconds: 5 * 60_000,
 *   async run({ name }, signal) {
 *     const declared = declaredProducts().get(name);
 *     if (declared === undefined) return { outcome: 'skipped' }; // there is none of that name, and nothing to remove
 *     const project = await host.ensureProject(declared, signal); // reads, and writes only a difference
 *     if (!project.isReady) return { outcome: 'wait', milliseconds: 2_000, answered: true };
 *     return { outcome: 'done' };
 *   },
 * };
 * reconciler.register(products);
 * reconciler.request({ kind: 'Product', name: 'shop' });
 * ```
 */
export interface ReconciledKind<Memory = unknown> {
  readonly kind: string;
  /** How often a resource that is as declared is compared with what it should be. */
  readonly resyncMilliseconds: number;
  /**
   * Brings the resource to what is declared. What it cannot do now is an outcome; a rejection is an unexpected error,
   * which is logged, and the key runs again after a pause.
   */
  run(request: RunRequest<Memory>, signal: AbortSignal): Promise<RunOutcome>;
  /** A run of that name was abandoned: ends what it has left trying to connect. */
  onAbandoned?(name: string): void;
  /**
   * The name waits, because its runs were under way when the process ended uncleanly. Told once, before a run of it begins,
   * which follows when its turn comes.
   */
  onHeld?(name: string, held: HeldBack): void;
}
