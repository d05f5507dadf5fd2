import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { AccessServices } from '../cluster-access/index.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { GitStore } from '../git-store/index.ts';
import type { IdentityProvider } from '../identity/index.ts';
import type { Installation } from '../resources/installation.ts';
import type { KubeObject } from '../kube-objects/kube-object.ts';
import type { Cluster } from '../resources/cluster/cluster.ts';
import type { ComponentChoice } from '../resources/cluster/components.ts';
import type { CredentialScope } from '../resources/credential.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { CredentialWriter } from '../secrets/index.ts';
import type { EventLog, InventoryStore, OffboardingLedger, StatusReader } from '../state/index.ts';
import type { CallerContext } from './cluster-registry.ts';

/** What components bring to a cluster. */
export interface ComponentContents {
  /** @throws NautesError when it cannot be rendered */
  objects(
    cluster: Cluster,
    choice: ComponentChoice,
    kubernetesVersion: string,
    signal: AbortSignal,
  ): Promise<readonly KubeObject[]>;
}

/** Looks at clusters on request. */
export interface ClusterLooks {
  /** Looks now, and waits for no back-off. Resolves when that is certain, also after a crash of another process. */
  look(name: string, signal: AbortSignal): Promise<void>;
}

/** Who uses a cluster that is published in a management cluster, and is not on the cluster itself. */
export interface PublicationUsers {
  /** They let the cluster go by themselves when it is not offered any more. */
  readonly leaving: readonly ObjectReference[];
  /** They stay, and lose the cluster. */
  readonly staying: readonly ObjectReference[];
}

/** Where clusters are published. */
export interface Publications {
  /** Name of the registered cluster that is the management cluster; absent when it is not a registered one. */
  readonly managementCluster?: string;
  /** Who uses a registration by what is published of it. @throws NautesError when the management cluster cannot be asked */
  usersOf(
    registration: CredentialScope,
    inventory: readonly InventoryEntry[],
    signal: AbortSignal,
  ): Promise<PublicationUsers>;
  /**
   * Objects of others by which the cluster is known already where it is to be published: under its name, or its address.
   * @throws NautesError when the management cluster cannot be asked
   */
  foreignTo(
    cluster: CredentialScope & { readonly server: string },
    signal: AbortSignal,
  ): Promise<readonly ObjectReference[]>;
}

/** What the use cases work with. */
export interface RegistryServices extends AccessServices {
  readonly installation: Installation;
  readonly repo: GitStore;
  readonly secrets: CredentialWriter;
  readonly identity: IdentityProvider;
  readonly status: StatusReader;
  readonly events: EventLog;
  readonly inventory: InventoryStore;
  readonly offboardings: OffboardingLedger;
  readonly catalog: Catalog;
  readonly contents: ComponentContents;
  /** Facts that hold for all clusters, such as `vault.address`, for advisories. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Absent without a management cluster. */
  readonly publications?: Publications;
  /** Looked at before anything is stored for a save, where the state can be away while the other stores are there. */
  readonly checkState?: () => Promise<void>;
  /** The controllers, of this process or, where several share the work, of any; absent when they cannot be asked. */
  readonly controllers?: ClusterLooks;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A use case at work for one request: what it works with, and who asks. */
export interface UseCase extends CallerContext {
  readonly services: RegistryServices;
}
