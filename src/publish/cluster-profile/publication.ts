import type { ClusterConnection } from '../../kube/index.ts';
import {
  isRecord,
  type KubeObject,
  listAt,
  type ObjectOwner,
  referenceOf,
  textAt,
} from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { ClusterStatus } from '../../resources/cluster/cluster-status.ts';
import type { RemovalOutcome } from '../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { ConsumerTokens } from '../consumer-tokens.ts';
import { CONDITIONS_MANAGER, followStatus, isOfInstallation, keepObject, type StatusPart } from '../kept-object.ts';
import type {
  Publication,
  PublicationChange,
  PublicationReport,
  PublicationScope,
  PublishedCluster,
  PublishedName,
} from '../publication.ts';
import { inPlace } from '../place-error.ts';
import { type NeededRight, rightsTo } from '../../management/index.ts';
import type { TargetAccount } from '../target-account.ts';
import { noUsers, withdrawKept } from '../withdraw-kept.ts';
import { clusterProfile, clusterProfileConditions, clusterProfileStatus, clusterProfileType } from './profile.ts';
import { profileSecret } from './secret.ts';

/** Profiles of other managers that are looked through for the same cluster; there may be more. */
const MAXIMUM_PROFILES = 500;

export interface ClusterProfileSettings {
  /** Each consumer reads profiles in its own namespace. */
  readonly namespaces: readonly string[];
  /** Name of the cluster manager. */
  readonly manager: string;
  /** Whether a Secret with the credential of an account of its own is beside each profile. */
  readonly credentials: boolean;
  /** Lifetime that is asked for the tokens of that account. */
  readonly tokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The cluster inventory's form of a cluster, for whatever reads ClusterProfiles.
 * Source: https://github.com/kubernetes-sigs/cluster-inventory-api
 */
export class ClusterProfilePublication implements Publication {
  readonly name = 'cluster-profiles';
  readonly rights: readonly NeededRight[];
  readonly #settings: ClusterProfileSettings;

  constructor(settings: ClusterProfileSettings) {
    this.#settings = settings;
    this.rights = settings.namespaces.flatMap((namespace) => rightsIn(namespace, settings.credentials));
  }

  readonly isCurrent = ({ kind, namespace }: InventoryEntry): boolean =>
    this.#settings.namespaces.includes(namespace) && (kind !== 'Secret' || this.#settings.credentials);

  readonly objectOf = ({ cluster }: ObjectOwner): ObjectReference => ({
    apiVersion: clusterProfileType.apiVersion,
    kind: clusterProfileType.kind,
    namespace: this.#settings.namespaces[0] ?? '',
    name: cluster,
  });

  readonly publish = async (
    cluster: PublishedCluster,
    scope: PublicationScope,
    account: TargetAccount,
    signal: AbortSignal,
  ): Promise<PublicationReport> => {
    const { namespaces, manager, credentials } = this.#settings;
    const changes: PublicationChange[] = [];
    if (credentials) {
      const { tokenSeconds, now } = this.#settings;
      const tokens = new ConsumerTokens({ tokenSeconds, now, account, cluster, scope });
      changes.push(...(await tokens.keepIn(namespaces, profileSecret, signal)).changes);
    } else {
      await account.remove(signal);
    }
    let since = '';
    for (const namespace of namespaces) {
      const place = { namespace, manager };
      const kept = {
        type: clusterProfileType,
        object: clusterProfile(cluster, place),
        status: [{ object: clusterProfileStatus(cluster, place) }, conditionsPart(cluster.status, namespace)],
        isOurs: (found: KubeObject) => textAt(found, 'spec', 'clusterManager', 'name') === manager,
      };
      const { head, changes: made } = await keepObject(kept, cluster.owner, scope, signal);
      changes.push(...made);
      since = since === '' ? (head.metadata.creationTimestamp ?? '') : since;
    }
    return { object: this.objectOf(cluster.owner), since, changes };
  };

  readonly users = noUsers;
  readonly letGo = noUsers;

  readonly follow = async (
    status: ClusterStatus,
    owner: ObjectOwner,
    scope: PublicationScope,
    signal: AbortSignal,
  ): Promise<void> => {
    for (const entry of scope.entries.filter(({ kind }) => kind === clusterProfileType.kind)) {
      const kept = { type: clusterProfileType, status: [conditionsPart(status, entry.namespace)] };
      await followStatus(kept, entry, owner, scope, signal);
    }
  };

  /** The profiles go before the credentials, so that their consumers let the cluster go in an orderly way. */
  readonly withdraw = (owner: ObjectOwner, scope: PublicationScope, signal: AbortSignal): Promise<RemovalOutcome> =>
    withdrawKept([clusterProfileType, wellKnown.secret], owner, scope, signal);

  /** Objects of that name that are not ours, and profiles by which others publish the same address. */
  readonly foreign = async (
    cluster: PublishedName,
    { client }: ClusterConnection,
    signal: AbortSignal,
  ): Promise<readonly ObjectReference[]> => {
    const found: ObjectReference[] = [];
    for (const namespace of this.#settings.namespaces) {
      const answer = client.list(clusterProfileType, { namespace, limit: MAXIMUM_PROFILES }, signal);
      const { items } = await inPlace(answer, signal, this.objectOf(cluster.owner));
      const others = items.filter((item) => !isOfInstallation(item, cluster.owner) && isOfSame(item, cluster));
      found.push(...others.map(referenceOf));
    }
    return found;
  };
}

function conditionsPart(status: ClusterStatus, namespace: string): StatusPart {
  return { object: clusterProfileConditions(status, namespace), manager: CONDITIONS_MANAGER, isQuiet: true };
}

/** True for the same name, or the same address. */
function isOfSame(profile: KubeObject, { owner, server }: PublishedName): boolean {
  if (profile.metadata.name === owner.cluster) return true;
  const status = profile['status'];
  const providers = [...listAt(status, 'accessProviders'), ...listAt(status, 'credentialProviders')].filter(isRecord);
  return server !== '' && providers.some((provider) => textAt(provider, 'cluster', 'server') === server);
}

function rightsIn(namespace: string, credentials: boolean): readonly NeededRight[] {
  return [
    ...rightsTo(clusterProfileType, ['get', 'list', 'create', 'patch', 'delete'], namespace),
    ...rightsTo(clusterProfileType, ['patch'], namespace, 'status'),
    ...(credentials ? rightsTo(wellKnown.secret, ['get', 'create', 'patch', 'delete'], namespace) : []),
  ];
}
