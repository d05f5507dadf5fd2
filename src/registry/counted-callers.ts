import type { WaitingCallers } from '../base/async/waiting-callers.ts';
import type { ClusterRegistry } from './cluster-registry.ts';

/** The registry, in which those count as waiting callers who wait for a cluster: with a save, its plan, or that of a deletion. */
export function countingCallers(registry: ClusterRegistry, callers: WaitingCallers): ClusterRegistry {
  return {
    ...registry,
    save: (...request) => callers.during(() => registry.save(...request)),
    plan: (...request) => callers.during(() => registry.plan(...request)),
    planDeletion: (...request) => callers.during(() => registry.planDeletion(...request)),
  };
}
