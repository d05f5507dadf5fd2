import { timestamp } from '../base/clock.ts';
import { defined } from '../base/defined.ts';
import { NautesError } from '../errors/errors.ts';
import { type Violation, violationsMessage } from '../errors/violation.ts';
import { action } from '../messages/action.ts';
import { message } from '../messages/message.ts';
import type { Cluster, ClusterSpec } from '../resources/cluster/cluster.ts';
import { activePause, MAXIMUM_PAUSE_REASON, readTime } from '../resources/cluster/pause.ts';
import { changeRegistered } from './change-registered.ts';
import type { PauseOptions, SaveResult } from './cluster-registry.ts';
import type { UseCase } from './services.ts';

/**
 * Pauses a cluster: controllers look at it and change nothing until it is resumed, or until the time that is given. One
 * that is paused already stays so since when it is; the same end and reason again change nothing.
 * @throws NautesError `ClusterInvalid`, `ClusterNotFound`, `ClusterChanged`
 */
export async function pauseCluster(useCase: UseCase, name: string, options: PauseOptions): Promise<SaveResult> {
  const now = useCase.services.clock.now();
  const { until, violations } = examine(options, now);
  if (violations.length > 0) {
    throw new NautesError('ClusterInvalid', { cluster: name, problem: violationsMessage(violations) }, { violations });
  }
  const { reason, ifMatch } = options;
  return changeRegistered(useCase, name, {
    verb: 'pause',
    subject: `Pause cluster ${name}`,
    ...defined({ ifMatch }),
    change: (cluster): Cluster => {
      const before = activePause(cluster.spec, now);
      if (before?.until === until && before.reason === reason) return cluster;
      const since = before?.since || timestamp(now);
      return { ...cluster, spec: { ...cluster.spec, paused: { by: useCase.caller.name, since, until, reason } } };
    },
  });
}

/** Ends the pause of a cluster; one that is not paused stays as it is. @throws NautesError `ClusterNotFound`, `ClusterChanged` */
export function resumeCluster(
  useCase: UseCase,
  name: string,
  { ifMatch }: Pick<PauseOptions, 'ifMatch'>,
): Promise<SaveResult> {
  return changeRegistered(useCase, name, {
    verb: 'resume',
    subject: `Resume cluster ${name}`,
    ...defined({ ifMatch }),
    change: (cluster): Cluster => ({ ...cluster, spec: withoutPause(cluster.spec) }),
  });
}

function withoutPause(spec: ClusterSpec): ClusterSpec {
  const kept = Object.entries(spec).filter(([name]) => name !== 'paused');
  return Object.fromEntries(kept) as ClusterSpec; // it is optional
}

function examine(
  { until: asked, reason }: PauseOptions,
  now: number,
): { readonly until: string; readonly violations: readonly Violation[] } {
  const violations: Violation[] = [];
  const until = asked === '' ? '' : (readTime(asked) ?? '');
  if (asked !== '' && (until === '' || Date.parse(until) <= now)) {
    violations.push({ field: 'until', said: message('ClusterInvalid.pauseEnd'), action: action('CorrectIt') });
  }
  if (reason.length > MAXIMUM_PAUSE_REASON) {
    const said = message('ClusterInvalid.tooLong', { maximum: MAXIMUM_PAUSE_REASON });
    violations.push({ field: 'reason', said, action: action('ShortenIt') });
  }
  return { until, violations };
}
