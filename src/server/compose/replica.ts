import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { defined } from '../../base/defined.ts';
import type { Logger } from '../../base/logger.ts';
import type { Metrics } from '../../base/metrics.ts';
import { NautesError } from '../../errors/errors.ts';
import type { GitStore } from '../../git-store/index.ts';
import type { ManagementCluster } from '../../management/index.ts';
import {
  CredentialWatch,
  HeadSignal,
  leaseApi,
  type LeaseStore,
  LookRequests,
  leaseTransitions,
  type OwnClock,
  ownClock,
  Replica,
  replicaFenced,
  replicasEnded,
  type ReplicaFact,
  SERVES_ANNOTATION,
  WORKS_ANNOTATION,
} from '../../replicas/index.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import type { Configuration } from '../configuration/configuration.ts';

/** Longest name of a replica within the name of its Lease. */
const MAXIMUM_NAME_LENGTH = 200;

export interface ReplicaSurroundings {
  readonly configuration: Configuration;
  /** A connection of its own: renewals wait for nothing else. */
  readonly cluster: ManagementCluster;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly opened: AsyncDisposableStack;
  /** Called once when the server has to end. */
  readonly onFatal: (error: NautesError) => void;
}

/** This process among the replicas. */
export interface SharedWork {
  readonly replica: Replica;
  readonly store: LeaseStore;
  readonly clock: OwnClock;
  /** What API servers log of the work of this replica: which member it was. */
  readonly userAgent: () => string;
}

/** One of the replicas, to be started; its membership ends when everything that was opened later has been closed. */
export function openReplica(surroundings: ReplicaSurroundings): SharedWork {
  const { configuration, cluster, environment, logger, metrics, opened, onFatal } = surroundings;
  const clock = ownClock();
  const name = replicaName(configuration, environment);
  const store = leaseApi({ cluster, ...defined({ owner: podOf(environment) }) });
  const credential = new CredentialWatch(clock, (seconds) => {
    onFatal(new NautesError('ManagementTokenRefused', { seconds }));
  });
  const works = configuration.role !== 'api';
  const replica = new Replica({
    store,
    clock,
    works,
    newName: () => `nautes-${name}-${randomBytes(4).toString('hex')}`,
    annotations: {
      ...(works ? { [WORKS_ANNOTATION]: 'yes' } : {}),
      ...(configuration.role === 'controllers' ? {} : { [SERVES_ANNOTATION]: 'yes' }),
    },
    timestamp: () => new Date().toISOString().replace('Z', '000Z'), // Kubernetes' MicroTime has six digits
    logger,
    onTrouble: (error) => {
      if (error !== undefined) logger.debug({ error }, 'a request for a Lease failed');
      credential.note(error);
    },
    onFact: (fact) => count(metrics, fact),
  });
  opened.defer(() => replica.close());
  return { replica, store, clock, userAgent: () => `nautes/${replica.name}` };
}

/** Tells the other replicas of commits, and hears of theirs. */
export function openHeadSignal(
  { replica, store, clock }: SharedWork,
  repo: GitStore,
  logger: Logger,
  opened: AsyncDisposableStack,
): HeadSignal {
  const head = {
    commit: () => repo.snapshot().commit,
    has: (commit: string, signal: AbortSignal) => repo.hasCommit(commit, signal),
    refresh: (signal: AbortSignal) => repo.refresh(signal),
  };
  const signal = new HeadSignal({ replica, store, clock, head, logger });
  const unsubscribe = repo.onHeadChange(() => signal.moved());
  opened.defer(async () => {
    unsubscribe();
    await signal.close();
  });
  return signal;
}

/** Asks the replica that works on a resource for a look, and looks when this is the one. */
export function openLookRequests(
  { replica, store, clock }: SharedWork,
  look: ((key: ResourceKey) => void) | undefined,
  logger: Logger,
  opened: AsyncDisposableStack,
): LookRequests {
  const requests = new LookRequests({ replica, store, clock, logger, ...defined({ look }) });
  opened.defer(() => requests.close());
  return requests;
}

function count(metrics: Metrics, fact: ReplicaFact): void {
  switch (fact) {
    case 'taken':
    case 'released':
      return metrics.add(leaseTransitions, { direction: fact });
    case 'fenced':
    case 'lost':
      return metrics.add(replicaFenced, { reason: fact });
    case 'ended another':
      return metrics.add(replicasEnded);
    default:
      throw new Error('unknown fact of a replica');
  }
}

/** A part of the name of an object: lower-case letters, digits and `-`. */
function replicaName({ replicas }: Configuration, environment: ReplicaSurroundings['environment']): string {
  const given = replicas.name || environment['POD_NAME'] || `${hostname()}-${process.pid}`;
  const name = given
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, MAXIMUM_NAME_LENGTH);
  return name.replaceAll(/^-+|-+$/g, '') || 'replica';
}

/** The Pod of this process, where the environment names it. */
function podOf({ POD_NAME: name = '', POD_UID: uid = '' }: ReplicaSurroundings['environment']) {
  return name === '' || uid === '' ? undefined : { apiVersion: 'v1', kind: 'Pod', name, uid };
}
