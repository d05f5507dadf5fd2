import type { ClusterState } from './cluster-state.ts';

/** Forgets the history after its time. A cluster at rest has none and then no timer any more. */
export function compactHistory({ store, timers, behaviour }: ClusterState): void {
  let isScheduled = false;
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    const { version } = store;
    timers.schedule(behaviour.historyMilliseconds, () => {
      isScheduled = false;
      store.compact(version);
      if (store.version > version) schedule();
    });
  };
  store.listen(schedule);
}
