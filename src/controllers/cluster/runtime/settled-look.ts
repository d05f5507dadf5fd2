import { withDeadline } from '../../../base/async/timing.ts';
import { NautesError } from '../../../errors/errors.ts';
import type { Cluster } from '../../../resources/cluster/cluster.ts';
import type { VersionedCredential } from '../../../cluster-access/index.ts';
import { readUnchanged, type KindState, type VersionFacts } from '../../../kube/index.ts';
import type { ClusterMemory } from './cluster-memory.ts';
import type { ControllerServices } from './services.ts';
import type { SettledState } from './settled-state.ts';

/** How long such a look may take; a slower cluster is looked into as one that has changed. */
const LOOK_MILLISECONDS = 3_000;
/** After a look of this kind that got no answer, everything is looked into for so long: a way may not take such reads. */
const UNSUITED_MILLISECONDS = 600_000;

export interface SettledLookRequest {
  readonly cluster: Cluster;
  readonly memory: ClusterMemory;
  readonly settled: SettledState;
  /** Of {@link SettledState.kinds}: those that are looked at. */
  readonly kinds: readonly KindState[];
  /** Default: that of the state, as it is stored. */
  readonly credential?: VersionedCredential;
}

/**
 * Whether a cluster on which everything was as declared still is as it was then. Nothing is told of what keeps it from
 * being seen: the look into everything that follows does.
 * @returns what the cluster says of itself; `undefined` when everything is to be looked into
 */
export async function lookAtSettled(
  services: ControllerServices,
  request: SettledLookRequest,
  signal: AbortSignal,
): Promise<VersionFacts | undefined> {
  const { cluster, memory, settled, kinds } = request;
  const { name, incarnation } = cluster;
  const scope = { cluster: name, incarnation };
  const deadline = withDeadline(signal, LOOK_MILLISECONDS);
  try {
    const { credentialVersion } = settled;
    const credential = request.credential ?? (await services.credentials.find(scope, credentialVersion, deadline));
    if (credential?.version !== credentialVersion) return undefined;
    const owner = { installation: services.installation.id, ...scope };
    const known = { owner, version: settled.version, kinds };
    return await services.access.useShared(
      credential,
      (connection) => readUnchanged(connection, known, deadline),
      deadline,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NautesError) && !deadline.aborted) throw error;
    memory.unsuitedUntil = services.clock.now() + UNSUITED_MILLISECONDS;
    return undefined;
  }
}
