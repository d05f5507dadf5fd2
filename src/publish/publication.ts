import type { ClusterConnection } from '../kube/index.ts';
import type { NeededRight } from '../management/index.ts';
import type { KubeObject, ObjectOwner } from '../kube-objects/kube-object.ts';
import type { Message } from '../messages/text.ts';
import type { ClusterSpec } from '../resources/cluster/cluster.ts';
import type { ClusterStatus } from '../resources/cluster/cluster-status.ts';
import type { RemovalOutcome } from '../resources/cluster/offboarding-record.ts';
import type { PublicationName } from '../resources/cluster/publication.ts';
import type { CredentialBinding } from '../resources/credential.ts';
import type { InventoryEntry } from '../resources/inventory.ts';
import type { ObjectReference } from '../resources/object-reference.ts';
import type { TargetAccount } from './target-account.ts';

/** A registration as it is published. */
export interface PublishedCluster {
  /** Whose the objects are: installation, name of the cluster, registration. */
  readonly owner: ObjectOwner;
  readonly spec: ClusterSpec;
  /** Its file as an object. */
  readonly document: KubeObject;
  /** What is known of it in this run. */
  readonly status: ClusterStatus;
  /** Where and how it is reached. */
  readonly binding: Pick<CredentialBinding, 'server' | 'certificateAuthority' | 'tlsServerName' | 'proxyUrl'>;
}

/** What a publication works with for one registration at one place. */
export interface PublicationScope {
  /** The management cluster. */
  readonly management: ClusterConnection;
  /** Name under which the inventory has the objects. */
  readonly component: string;
  /** The objects of this publication at this place, as they are stored. */
  readonly entries: readonly InventoryEntry[];
  /** Adds or replaces entries; durable when it resolves. Called before the first write of an object, and after it. */
  readonly record: (entries: readonly InventoryEntry[]) => Promise<void>;
}

/** What was done in the management cluster, for an event. */
export interface PublicationChange {
  readonly kind: 'published' | 'updated' | 'renewed' | 'repaired';
  readonly message: Message;
}

/** The end of publishing: everything is as it should be. */
export interface PublicationReport {
  /** The object that was published, for people. */
  readonly object: ObjectReference;
  /** RFC 3339. */
  readonly since: string;
  /** Empty when nothing was written. */
  readonly changes: readonly PublicationChange[];
}

/** Who uses a published cluster that is about to be withdrawn. */
export interface Users {
  /** They are about to let the cluster go by themselves. */
  readonly leaving: readonly ObjectReference[];
  /** They stay, and lose the cluster. */
  readonly staying: readonly ObjectReference[];
}

/** Which registration is meant, and what others name it by: its name, and its address. */
export interface PublishedName {
  readonly owner: ObjectOwner;
  /** `https://host:port[/path]`; empty when it is not known. */
  readonly server: string;
}

/**
 * One way of making a cluster known in a management cluster. Level-based: each function may be called again at any time,
 * also after one that was cut off, and writes only what differs. Only objects of our own are changed or deleted.
 *
 * `publish` is called as long as the cluster is registered. It ends with `letGo`, until nobody is about to leave any more
 * (or for a bounded time), and then `withdraw`; what is on the cluster itself goes between the two.
 */
export interface Publication {
  readonly name: PublicationName;
  /** What publishing and withdrawing take in the management cluster. */
  readonly rights: readonly NeededRight[];
  /** True for an entry of the inventory that is where the configuration wants it. */
  readonly isCurrent: (entry: InventoryEntry) => boolean;
  /** The object as it will be, for messages before it is there. */
  readonly objectOf: (owner: ObjectOwner) => ObjectReference;
  /**
   * Makes the objects in the management cluster what they should be.
   * @throws NautesError `PublicationForeign` when an object of that name is not ours, `PublicationForbidden` and others
   */
  readonly publish: (
    cluster: PublishedCluster,
    scope: PublicationScope,
    account: TargetAccount,
    signal: AbortSignal,
  ) => Promise<PublicationReport>;
  /**
   * Says in what is there how the cluster is while it cannot be reached; absent where nothing is said of that. Makes no
   * object.
   */
  readonly follow?: (
    status: ClusterStatus,
    owner: ObjectOwner,
    scope: PublicationScope,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Who uses it, by name or address, asked before a deletion. Nothing is written. */
  readonly users: (cluster: PublishedName, management: ClusterConnection, signal: AbortSignal) => Promise<Users>;
  /** Objects of others by which the cluster is known there already: under its name, or with its address. Nothing is written. */
  readonly foreign: (
    cluster: PublishedName,
    management: ClusterConnection,
    signal: AbortSignal,
  ) => Promise<readonly ObjectReference[]>;
  /** The first step of withdrawing: nobody is to choose the cluster any more, and who did so lets it go. */
  readonly letGo: (cluster: PublishedName, scope: PublicationScope, signal: AbortSignal) => Promise<Users>;
  /** The last step: the objects go. Those that are not ours, or gone, are not touched. */
  readonly withdraw: (owner: ObjectOwner, scope: PublicationScope, signal: AbortSignal) => Promise<RemovalOutcome>;
}
