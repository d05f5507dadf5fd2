import { systemClock } from '../../base/clock.ts';
import type { AccessServices } from '../../cluster-access/index.ts';
import { NautesError } from '../../errors/errors.ts';
import type { AddressPolicy } from '../../kube/index.ts';
import { type ManagementCluster, openKubeconfigCluster, openRegisteredCluster } from '../../management/index.ts';
import { managementProxies } from './management.ts';
import {
  ArgoCdPublication,
  ClusterObjectPublication,
  ClusterProfilePublication,
  foreignTo,
  KubeconfigSecretPublication,
  placeOf,
  type Publication,
  type Publishing,
  usersOf,
} from '../../publish/index.ts';
import type { Publications } from '../../registry/services.ts';
import { CLUSTER_KIND } from '../../resources/cluster/cluster-key.ts';
import { clusterFiles } from '../../resources/cluster/cluster-files.ts';
import type { Installation } from '../../resources/installation.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { StoreOptions, Stores } from './stores.ts';

export interface PublishingParts extends StoreOptions {
  readonly stores: Pick<Stores, 'repo' | 'state'>;
  readonly reach: AccessServices;
  /** Which addresses registered clusters may have. */
  readonly addresses: AddressPolicy;
}

/**
 * What is published where; `undefined` when nothing is configured that was or is to be published.
 * @throws NautesError `ManagementAccessUnusable`
 */
export async function openPublishing(parts: PublishingParts): Promise<Publishing | undefined> {
  const { configuration, opened } = parts;
  const { cluster, former, publish } = configuration.management;
  const registered = new RegisteredClusters(parts);
  opened.defer(() => registered.close());
  const management = cluster === '' ? parts.management : registered.named(cluster);
  const earlier = await Promise.all(former.map((file) => openFormer(file, parts)));
  if (management === undefined && earlier.length === 0) return undefined;
  const places = new Map(
    [...earlier, ...(management === undefined ? [] : [management])].map((one) => [placeOf(one), one]),
  );
  const configured = publications(publish);
  const selected = management === undefined ? [] : configured.filter(({ isSelected }) => isSelected);
  return {
    when: publish.when,
    management,
    selected: selected.map(({ publication }) => publication),
    known: configured.map(({ publication }) => publication),
    at: (place) => places.get(place) ?? registered.find(place),
  };
}

/** Every publication, in the order in which a cluster is published: what acts on it from that moment on comes last. */
function publications(configured: Configuration['management']['publish']): readonly {
  readonly publication: Publication;
  readonly isSelected: boolean;
}[] {
  const { argocd, clusterProfiles, clusterObject, kubeconfigSecret } = configured;
  const now = (): number => systemClock.now();
  const mode = clusterObject.mode === 'status' ? 'status' : 'object';
  return [
    {
      publication: new ClusterProfilePublication({ ...clusterProfiles, now }),
      isSelected: clusterProfiles.namespaces.length > 0,
    },
    {
      publication: new ClusterObjectPublication({ namespace: clusterObject.namespace, mode }),
      isSelected: clusterObject.mode !== 'none',
    },
    {
      publication: new KubeconfigSecretPublication({ ...kubeconfigSecret, now }),
      isSelected: kubeconfigSecret.namespace !== '',
    },
    { publication: new ArgoCdPublication({ ...argocd, now }), isSelected: argocd.enabled },
  ];
}

async function openFormer(
  file: string,
  { configuration, opened }: Pick<StoreOptions, 'configuration' | 'opened'>,
): Promise<ManagementCluster> {
  const cluster = await openKubeconfigCluster(
    file,
    configuration.management.namespace,
    await managementProxies(configuration),
  );
  opened.defer(() => cluster.close());
  return cluster;
}

interface PublicationsParts {
  readonly repo: Stores['repo'];
  readonly installation: Installation;
  /** Empty when the management cluster is not a registered one. */
  readonly managementCluster: string;
}

/** What the registry has to know of it. */
export function publicationsOf(
  publishing: Publishing,
  { repo, installation, managementCluster }: PublicationsParts,
): Publications {
  return {
    ...(managementCluster === '' ? {} : { managementCluster }),
    usersOf(registration, inventory, signal) {
      const cluster = repo.snapshot().of(clusterFiles).get(registration.cluster)?.resource;
      const server = cluster?.incarnation === registration.incarnation ? cluster.spec.apiServer : '';
      const owner = { installation: installation.id, ...registration };
      return usersOf(publishing, { owner, server }, inventory, signal);
    },
    foreignTo({ server, ...registration }, signal) {
      const owner = { installation: installation.id, ...registration };
      return foreignTo(publishing, { owner, server }, signal);
    },
  };
}

/** Registered clusters that are management clusters, or were. */
class RegisteredClusters {
  readonly #parts: PublishingParts;
  readonly #opened = new Map<string, ManagementCluster>();

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /** It may be registered later. */
  named(cluster: string): ManagementCluster {
    const known = this.#opened.get(cluster);
    if (known !== undefined) return known;
    const { addresses, configuration } = this.#parts;
    const { namespace } = configuration.management;
    const read = (signal: AbortSignal) => this.#access(cluster, signal);
    const opened = openRegisteredCluster({ cluster, namespace, read, addresses });
    this.#opened.set(cluster, opened);
    return opened;
  }

  /** `undefined` when no cluster of that name is registered. */
  find(cluster: string): ManagementCluster | undefined {
    const isRegistered = this.#parts.stores.repo.snapshot().of(clusterFiles).has(cluster);
    return isRegistered ? this.named(cluster) : undefined;
  }

  close(): void {
    for (const opened of this.#opened.values()) opened.close();
  }

  async #access(cluster: string, signal: AbortSignal) {
    const { stores, reach } = this.#parts;
    const registered = stores.repo.snapshot().of(clusterFiles).get(cluster)?.resource?.incarnation;
    const incarnation = registered ?? (await leavingIncarnation(stores.state, cluster));
    if (incarnation === undefined) throw new NautesError('ClusterNotFound', { cluster });
    const active = await reach.credentials.active({ cluster, incarnation }, signal);
    if (active === undefined) throw new NautesError('CredentialMissing', { cluster });
    return { ...active.stored.binding, material: active.stored.material };
  }
}

/** Of a cluster that is being off-boarded: what is published there is withdrawn first. */
async function leavingIncarnation({ offboardings }: Stores['state'], cluster: string): Promise<string | undefined> {
  return (await offboardings.list(CLUSTER_KIND)).find((record) => record.cluster === cluster)?.incarnation;
}
