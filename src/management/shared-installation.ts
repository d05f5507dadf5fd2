import { type Clock, timestamp } from '../base/clock.ts';
import { NautesError } from '../errors/errors.ts';
import { type KubeObject, textAt } from '../kube-objects/kube-object.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import { retryingConflicts } from '../kube/index.ts';
import type { ManagementCluster } from './management-cluster.ts';
import { contentLabels, dataOf } from './own-objects.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import {
  type Installation,
  isInstallationId,
  isStorageMark,
  newInstallationId,
  type StorageMark,
} from '../resources/installation.ts';

/** ConfigMap that says whose the namespace is. */
export const INSTALLATION_NAME = 'nautes-installation';

/** What stands for the repository in the data directory, which no other process can have. */
const EMBEDDED_REPOSITORY = 'embedded';

type Place = Pick<ManagementCluster, 'client' | 'namespace' | 'describe'>;

/** What the ConfigMap says. */
export interface SharedInstallation extends Installation {
  /** URL of the Git remote, without credentials, or {@link EMBEDDED_REPOSITORY}. */
  readonly repository: string;
  readonly mark: StorageMark | undefined;
}

/** What this server is by itself. */
export interface OwnInstallation {
  /** Of the data directory; absent where that is new. */
  readonly known: Installation | undefined;
  /** URL of the Git remote; empty for the repository in the data directory. */
  readonly remote: string;
}

/**
 * The identity that all replicas in the namespace share: made by the first one.
 * @throws NautesError `InstallationForeign` when the namespace belongs to another installation, `StorageMoved`,
 * `StorageIncomplete`, `InstallationUnreadable`
 */
export async function openSharedInstallation(
  cluster: Place,
  own: OwnInstallation,
  clock: Clock,
  signal: AbortSignal,
): Promise<Installation> {
  const repository = repositoryOf(own.remote);
  const made = own.known ?? { id: newInstallationId(), createdAt: timestamp(clock.now()) };
  const shared = await retryingConflicts(async () => {
    const found = await readSharedInstallation(cluster, signal);
    if (found !== undefined) return found;
    const created = { ...made, repository, mark: undefined };
    await createSharedInstallation(cluster, created, signal); // of servers that start at once one is first
    return created;
  }, signal);
  if (shared.mark === 'moved') throw new NautesError('StorageMoved', { place: placeOf(cluster), back: 'kubernetes' });
  if (shared.mark === 'incoming') {
    throw new NautesError('StorageIncomplete', { place: placeOf(cluster), to: 'kubernetes' });
  }
  if (made.id !== shared.id && own.known !== undefined) throw foreign(cluster, shared, { ...made, repository });
  if (repository !== shared.repository) throw foreign(cluster, shared, { id: own.known?.id ?? '', repository });
  return { id: shared.id, createdAt: shared.createdAt };
}

/** @throws NautesError `InstallationUnreadable` */
export async function readSharedInstallation(
  cluster: Place,
  signal: AbortSignal,
): Promise<SharedInstallation | undefined> {
  const client = await cluster.client(signal);
  const place = { namespace: cluster.namespace, name: INSTALLATION_NAME };
  const found = await client.find(wellKnown.configMap, place, signal);
  return found === undefined ? undefined : installationIn(cluster, found);
}

/** Makes the ConfigMap or sets what it says. */
export async function writeSharedInstallation(
  cluster: Place,
  installation: SharedInstallation,
  signal: AbortSignal,
): Promise<void> {
  const client = await cluster.client(signal);
  const { namespace } = cluster;
  const { id, createdAt, repository, mark } = installation;
  const place = { namespace, name: INSTALLATION_NAME };
  const found = await client.find(wellKnown.configMap, place, signal);
  const data = { id, createdAt, repository };
  if (found === undefined) return createSharedInstallation(cluster, installation, signal);
  const { resourceVersion } = found.metadata;
  const body = { metadata: { resourceVersion }, data: { ...data, mark: mark ?? null } };
  await client.patch(wellKnown.configMap, place, 'merge', body, signal);
}

/** @throws KubeApiError (409) when there is one */
async function createSharedInstallation(
  cluster: Place,
  { id, createdAt, repository, mark }: SharedInstallation,
  signal: AbortSignal,
): Promise<void> {
  const client = await cluster.client(signal);
  const metadata = {
    namespace: cluster.namespace,
    name: INSTALLATION_NAME,
    labels: contentLabels('installation'),
  };
  const data = { id, createdAt, repository, ...(mark === undefined ? {} : { mark }) };
  await client.create(wellKnown.configMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, {}, signal);
}

/** The remote as it is compared: credentials are not part of it. */
export function repositoryOf(remote: string): string {
  return remote === '' ? EMBEDDED_REPOSITORY : remote.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1');
}

/** The namespace, in messages. */
export function placeOf({ describe, namespace }: Place): string {
  return `namespace ${namespace} of ${describe}`;
}

function installationIn(cluster: Place, object: KubeObject): SharedInstallation {
  const { id = '', createdAt = '', repository = '', mark } = dataOf(object);
  if (!isInstallationId(id)) {
    const file = `ConfigMap ${textAt(object, 'metadata', 'name')} (${placeOf(cluster)})`;
    throw new NautesError('InstallationUnreadable', { file, problem: message('Installation.noId') });
  }
  return { id, createdAt, repository, mark: isStorageMark(mark) ? mark : undefined };
}

type Described = Pick<SharedInstallation, 'id' | 'repository'>;

function foreign(cluster: Place, theirs: Described, ours: Described): NautesError {
  return new NautesError('InstallationForeign', {
    place: placeOf(cluster),
    theirs: described(theirs),
    ours: described(ours),
    namespace: cluster.namespace,
  });
}

function described({ id, repository }: Described): Message {
  if (id === '') return message('Installation.new', { repository });
  return message('Installation.described', { id, repository });
}
