import { isOutdated, type KubeClient, Reflector } from '../kube/index.ts';
import {
  FIELD_MANAGER,
  type KubeObject,
  MANAGED_BY_LABEL,
  numberAt,
  type OwnerReference,
  textAt,
} from '../kube-objects/kube-object.ts';
import { wellKnown } from '../kube-objects/resource-types.ts';
import type { ManagementCluster } from '../management/index.ts';
import { type Lease, LeaseConflict, type LeaseListener, type LeaseRole, type LeaseStore } from './lease.ts';
import { DURATION_MILLISECONDS } from './protocol.ts';

/** Says what one of our Leases is for; a Lease without it is not ours. */
export const LEASE_LABEL = 'nautes.io/lease';

const ROLES: readonly LeaseRole[] = ['member', 'bucket', 'head', 'look'];

export interface LeaseApiOptions {
  readonly cluster: ManagementCluster;
  /** The Pod of this process: its member Lease goes with it. */
  readonly owner?: OwnerReference;
}

/** The Leases of an installation as `coordination.k8s.io/v1` objects in the namespace of the installation. */
export function leaseApi({ cluster, owner }: LeaseApiOptions): LeaseStore {
  const { namespace } = cluster;
  const nameOf = (name: string) => ({ namespace, name });
  const use = async <T>(signal: AbortSignal, request: (client: KubeClient) => Promise<T>): Promise<T> => {
    try {
      return await request(await cluster.client(signal));
    } catch (error) {
      throw isOutdated(error) ? new LeaseConflict('the Lease is not as it was seen', { cause: error }) : error;
    }
  };
  return {
    get: async (name, signal) => {
      const client = await cluster.client(signal);
      const found = await client.find(wellKnown.lease, nameOf(name), signal);
      return found && leaseOf(found);
    },
    create: (lease, signal) =>
      use(signal, async (client) => {
        const ownerReferences = owner !== undefined && lease.role === 'member' ? { ownerReferences: [owner] } : {};
        const object = leaseObject(lease, namespace, ownerReferences);
        return asLease(await client.create(wellKnown.lease, object, {}, signal));
      }),
    replace: (lease, signal) =>
      use(signal, async (client) => {
        const { resourceVersion } = lease;
        const change = { metadata: { resourceVersion, annotations: lease.annotations }, spec: specOf(lease) };
        return asLease(await client.patch(wellKnown.lease, nameOf(lease.name), 'merge', change, signal));
      }),
    remove: (lease, signal) =>
      use(signal, async (client) => {
        const { resourceVersion } = lease;
        await client.delete(wellKnown.lease, nameOf(lease.name), { resourceVersion }, signal);
      }),
    follow: (listener, signal) => follow(cluster, listener, signal),
  };
}

async function follow(cluster: ManagementCluster, listener: LeaseListener, signal: AbortSignal): Promise<void> {
  const reflector = new Reflector({
    client: cluster.client,
    type: wellKnown.lease,
    namespace: cluster.namespace,
    labelSelector: LEASE_LABEL,
    onList: (objects) => listener.all(objects.flatMap((object) => leaseOf(object) ?? [])),
    onChange: ({ type, object }) => {
      const lease = leaseOf(object);
      if (lease === undefined) return;
      if (type === 'DELETED') listener.gone(lease.name);
      else listener.changed(lease);
    },
  });
  try {
    await reflector.start(signal);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await reflector.close();
  }
}

function leaseObject(lease: Lease, namespace: string, metadata: Partial<KubeObject['metadata']>): KubeObject {
  return {
    apiVersion: wellKnown.lease.apiVersion,
    kind: wellKnown.lease.kind,
    metadata: {
      ...metadata,
      name: lease.name,
      namespace,
      labels: { [MANAGED_BY_LABEL]: FIELD_MANAGER, [LEASE_LABEL]: lease.role },
      annotations: lease.annotations,
    },
    spec: Object.fromEntries(Object.entries(specOf(lease)).filter(([, value]) => value !== null)),
  };
}

/** Fields that are empty are `null`, which removes them in a merge patch. */
function specOf({ role, holder, epoch, renewTime }: Lease) {
  return {
    holderIdentity: holder === '' ? null : holder,
    leaseTransitions: role === 'bucket' ? epoch : null,
    leaseDurationSeconds: role === 'member' ? DURATION_MILLISECONDS / 1000 : null,
    renewTime: renewTime === '' ? null : renewTime,
  };
}

function asLease(object: KubeObject): Lease {
  const lease = leaseOf(object);
  if (lease === undefined) throw new LeaseConflict(`${object.metadata.name} is not a Lease of ours`);
  return lease;
}

/** The Lease of an object; `undefined` when it is none of ours. */
function leaseOf(object: KubeObject): Lease | undefined {
  const { name, labels, annotations, resourceVersion } = object.metadata;
  const role = ROLES.find((known) => known === labels?.[LEASE_LABEL]);
  if (role === undefined) return undefined;
  return {
    name,
    role,
    holder: textAt(object, 'spec', 'holderIdentity'),
    epoch: numberAt(object, 'spec', 'leaseTransitions') ?? 0,
    renewTime: textAt(object, 'spec', 'renewTime'),
    annotations: annotations ?? {},
    resourceVersion: resourceVersion ?? '',
  };
}
