import type { ClusterConnection } from '../../kube/index.ts';
import { nameOf } from '../../kube/index.ts';
import { type ObjectOwner, referenceOf } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import type { RemovalOutcome } from '../../resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import type { ObjectReference } from '../../resources/object-reference.ts';
import { ConsumerTokens } from '../consumer-tokens.ts';
import { isOfInstallation } from '../kept-object.ts';
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
import { clusterApiSecret, clusterApiSecretName } from './secret.ts';

export interface KubeconfigSecretSettings {
  readonly namespace: string;
  /** Lifetime that is asked for the tokens of its account. */
  readonly tokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The kubeconfig of the cluster where Cluster API has those of its clusters, for what reads them there.
 * Source: https://cluster-api.sigs.k8s.io/developer/providers/contracts/control-plane (kubeconfig management)
 */
export class KubeconfigSecretPublication implements Publication {
  readonly name = 'kubeconfig-secret';
  readonly rights: readonly NeededRight[];
  readonly #settings: KubeconfigSecretSettings;

  constructor(settings: KubeconfigSecretSettings) {
    this.#settings = settings;
    this.rights = rightsTo(wellKnown.secret, ['get', 'create', 'patch', 'delete'], settings.namespace);
  }

  readonly isCurrent = ({ namespace }: InventoryEntry): boolean => namespace === this.#settings.namespace;

  readonly objectOf = ({ cluster }: ObjectOwner): ObjectReference => ({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: this.#settings.namespace,
    name: clusterApiSecretName(cluster),
  });

  readonly publish = async (
    cluster: PublishedCluster,
    scope: PublicationScope,
    account: TargetAccount,
    signal: AbortSignal,
  ): Promise<PublicationReport> => {
    const { namespace, tokenSeconds, now } = this.#settings;
    const tokens = new ConsumerTokens({ tokenSeconds, now, account, cluster, scope });
    const { changes, since } = await tokens.keepIn([namespace], clusterApiSecret, signal);
    return { object: this.objectOf(cluster.owner), since, changes };
  };

  readonly users = noUsers;
  readonly letGo = noUsers;

  readonly withdraw = (owner: ObjectOwner, scope: PublicationScope, signal: AbortSignal): Promise<RemovalOutcome> =>
    withdrawKept([wellKnown.secret], owner, scope, signal);

  /** A Secret of that name that is not ours, such as that of a cluster that Cluster API has made. */
  readonly foreign = async (
    { owner }: PublishedName,
    { client }: ClusterConnection,
    signal: AbortSignal,
  ): Promise<readonly ObjectReference[]> => {
    const object = this.objectOf(owner);
    const found = await inPlace(client.findHead(wellKnown.secret, nameOf(object), signal), signal, object);
    return found === undefined || isOfInstallation(found, owner) ? [] : [referenceOf(found)];
  };
}
