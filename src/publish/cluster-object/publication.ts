import { NautesError } from '../../errors/errors.ts';
import { type ClusterConnection, KubeApiError, nameOf } from '../../kube/index.ts';
import {
  describeReference,
  type KubeObject,
  type ObjectOwner,
  referenceOf,
  textAt,
} from '../../kube-objects/kube-object.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { RemovalOutcome } from '../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { followStatus, isOfInstallation, keepObject, keepStatus, type StatusPart } from '../kept-object.ts';
import { inPlace } from '../place-error.ts';
import type {
  Publication,
  PublicationReport,
  PublicationScope,
  PublishedCluster,
  PublishedName,
} from '../publication.ts';
import { type NeededRight, rightsTo } from '../../management/index.ts';
import type { TargetAccount } from '../target-account.ts';
import { noUsers, withdrawKept } from '../withdraw-kept.ts';
import { clusterObject, clusterObjectStatus, clusterObjectType } from './object.ts';

/** Objects that are looked through for the same cluster; there may be more. */
const MAXIMUM_OBJECTS = 500;

export interface ClusterObjectSettings {
  readonly namespace: string;
  /** `status`: another program makes the objects from the tenant's repository, and only their status is ours. */
  readonly mode: 'object' | 'status';
}

/** The original's form of a cluster: an object of the kind whose files the tenant's repository has. */
export class ClusterObjectPublication implements Publication {
  readonly name = 'cluster-object';
  readonly rights: readonly NeededRight[];
  readonly #settings: ClusterObjectSettings;

  constructor(settings: ClusterObjectSettings) {
    this.#settings = settings;
    const { namespace, mode } = settings;
    const verbs = mode === 'status' ? ['get', 'list'] : ['get', 'list', 'create', 'patch', 'delete'];
    this.rights = [
      ...rightsTo(clusterObjectType, verbs, namespace),
      ...rightsTo(clusterObjectType, ['patch'], namespace, 'status'),
    ];
  }

  readonly isCurrent = ({ namespace }: InventoryEntry): boolean =>
    this.#settings.mode === 'object' && namespace === this.#settings.namespace;

  readonly objectOf = ({ cluster }: ObjectOwner): ObjectReference => ({
    apiVersion: clusterObjectType.apiVersion,
    kind: clusterObjectType.kind,
    namespace: this.#settings.namespace,
    name: cluster,
  });

  readonly publish = async (
    cluster: PublishedCluster,
    scope: PublicationScope,
    _account: TargetAccount,
    signal: AbortSignal,
  ): Promise<PublicationReport> => {
    const { namespace, mode } = this.#settings;
    const object = this.objectOf(cluster.owner);
    const status = [statusPart(cluster.status, namespace)];
    if (mode === 'status') return this.#publishStatus(cluster, status, scope, signal);
    const kept = { type: clusterObjectType, object: clusterObject(cluster, namespace), status };
    try {
      const { head, changes } = await keepObject(kept, cluster.owner, scope, signal);
      return { object, since: head.metadata.creationTimestamp ?? '', changes };
    } catch (error) {
      throw isAddressRefused(error)
        ? new NautesError(
            'PublicationAddressRefused',
            { address: cluster.spec.apiServer, object: describeReference(object) },
            { cause: error },
          )
        : error;
    }
  };

  readonly follow = async (
    status: ClusterStatus,
    owner: ObjectOwner,
    scope: PublicationScope,
    signal: AbortSignal,
  ): Promise<void> => {
    const { mode, namespace } = this.#settings;
    if (mode === 'status') {
      const kept = { type: clusterObjectType, status: [statusPart(status, namespace)] };
      const found = await this.#asInFile(owner, status.apiServer, scope, signal);
      if (found !== undefined) await keepStatus(kept, found, scope, signal);
      return;
    }
    for (const entry of scope.entries) {
      const kept = { type: clusterObjectType, status: [statusPart(status, entry.namespace)] };
      await followStatus(kept, entry, owner, scope, signal);
    }
  };

  readonly users = noUsers;
  readonly letGo = noUsers;

  readonly withdraw = (owner: ObjectOwner, scope: PublicationScope, signal: AbortSignal): Promise<RemovalOutcome> =>
    withdrawKept([clusterObjectType], owner, scope, signal);

  /** Objects of that name that are not ours, and those of other names with the same address. */
  readonly foreign = async (
    { owner, server }: PublishedName,
    { client }: ClusterConnection,
    signal: AbortSignal,
  ): Promise<readonly ObjectReference[]> => {
    const { namespace, mode } = this.#settings;
    if (mode === 'status') return [];
    const answer = client.list(clusterObjectType, { namespace, limit: MAXIMUM_OBJECTS }, signal);
    const { items } = await inPlace(answer, signal, this.objectOf(owner));
    const isSame = ({ metadata, spec }: KubeObject): boolean =>
      metadata.name === owner.cluster || (server !== '' && textAt(spec, 'apiServer') === server);
    return items.filter((item) => isSame(item) && !isOfInstallation(item, owner)).map(referenceOf);
  };

  /** Another program makes the object from the cluster's file; until it has, there is nothing to say a status of. */
  async #publishStatus(
    cluster: PublishedCluster,
    status: readonly StatusPart[],
    scope: PublicationScope,
    signal: AbortSignal,
  ): Promise<PublicationReport> {
    const object = this.objectOf(cluster.owner);
    const found = await this.#asInFile(cluster.owner, cluster.spec.apiServer, scope, signal);
    if (found === undefined) throw new NautesError('PublicationAwaited', { object: describeReference(object) });
    await keepStatus({ type: clusterObjectType, status }, found, scope, signal);
    return { object, since: found.metadata.creationTimestamp ?? '', changes: [] };
  }

  /** The object of the cluster, when it has its address. */
  async #asInFile(
    owner: ObjectOwner,
    address: string | undefined,
    { management }: Pick<PublicationScope, 'management'>,
    signal: AbortSignal,
  ): Promise<KubeObject | undefined> {
    const object = this.objectOf(owner);
    const found = await inPlace(management.client.find(clusterObjectType, nameOf(object), signal), signal, object);
    return found !== undefined && textAt(found, 'spec', 'apiServer') === address ? found : undefined;
  }
}

function statusPart(status: ClusterStatus, namespace: string): StatusPart {
  return { object: clusterObjectStatus(status, namespace), isQuiet: true };
}

/** The original's definition wants a dot and a short ending in an address: `https://localhost:6443` is refused. */
function isAddressRefused(error: unknown): boolean {
  const cause = error instanceof NautesError ? error.cause : undefined;
  return (
    cause instanceof KubeApiError &&
    cause.httpStatus === 422 &&
    cause.failure.causes.some(({ field }) => field === 'spec.apiServer')
  );
}
