import type { ReconciledKind, RunRequest } from '../../src/reconcile/reconciled-kind.ts';
import { Reconciler } from '../../src/reconcile/reconciler.ts';
import type { RunOutcome } from '../../src/reconcile/outcome.ts';
import type { ResourceKey } from '../../src/resources/resource-key.ts';

/** A reconciler of which a test can ask for a run and wait for its end, where there is nothing else to wait for. */
export class ObservedReconciler extends Reconciler {
  /** Those who wait for a run of the name that has not begun. */
  readonly #waiting = new Map<string, (() => void)[]>();

  override register<Memory>(kind: ReconciledKind<Memory>): void {
    super.register<Memory>({
      kind: kind.kind,
      resyncMilliseconds: kind.resyncMilliseconds,
      run: (request, signal) => this.#observe(request, () => kind.run(request, signal)),
      onAbandoned: (name) => kind.onAbandoned?.(name),
      onHeld: (name, held) => kind.onHeld?.(name, held),
    });
  }

  /** Requests a run and waits until one that began after this call has ended. */
  async runOnce(key: ResourceKey): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(key.name, [...(this.#waiting.get(key.name) ?? []), resolve]);
    this.request(key, 'user');
    await promise;
  }

  async #observe<Memory>({ name }: RunRequest<Memory>, run: () => Promise<RunOutcome>): Promise<RunOutcome> {
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    try {
      return await run();
    } finally {
      for (const resolve of waiting) resolve();
    }
  }
}
