import type { Registration, ResourceKey } from '../resources/resource-key.ts';
import type { OffboardingOf, ReceiptOf, StatefulKind } from './documents.ts';

/** Receipts kept of each name. */
export const RECEIPTS_KEPT_PER_NAME = 10;

/** Where a receipt stands among all. */
export interface ReceiptPlace {
  readonly completedAt: string;
  readonly incarnation: string;
}

/** A Kubernetes cluster, by what is known of it. */
export interface ClusterIdentity {
  readonly kubernetesUid?: string;
  readonly apiServer?: string;
}

/**
 * The registrations that are being off-boarded, and the receipts of those that were. Neither must be lost: a record
 * is written before the commit that deletes, and a receipt says what was left on a cluster.
 */
export interface OffboardingLedger {
  /** Every record of the kind, oldest first. */
  list<Kind extends StatefulKind>(kind: Kind): Promise<readonly OffboardingOf<Kind>[]>;
  /** Durable when it resolves. */
  put<Kind extends StatefulKind>(registration: Registration<Kind>, record: OffboardingOf<Kind>): Promise<void>;
  remove(registration: Registration): Promise<void>;
  /**
   * Ends a registration: stores its receipt, replacing an earlier one, and removes its off-boarding record, its
   * inventory and its status with it, all of it or nothing. Durable when it resolves. Keeps the last
   * {@link RECEIPTS_KEPT_PER_NAME} receipts of a name.
   */
  complete<Kind extends StatefulKind>(registration: Registration<Kind>, receipt: ReceiptOf<Kind>): Promise<void>;
  /** The receipt of the registration of that name that ended last. */
  receipt<Kind extends StatefulKind>(key: ResourceKey<Kind>): Promise<ReceiptOf<Kind> | undefined>;
  /** The receipts of that name that are kept, the last first. */
  receiptsOf<Kind extends StatefulKind>(key: ResourceKey<Kind>): Promise<readonly ReceiptOf<Kind>[]>;
  /**
   * Receipts of all names, the last first: by the time of their completion, then by incarnation.
   * @param page at most so many, and only those that come after the place
   */
  receipts<Kind extends StatefulKind>(
    kind: Kind,
    page: { readonly limit: number; readonly after?: ReceiptPlace },
  ): Promise<readonly ReceiptOf<Kind>[]>;
  /**
   * Incarnations whose receipt says that something was left on the Kubernetes cluster with this UID or at this address, on
   * purpose or because it could not be removed, under whichever name it was registered. An empty UID or address matches nothing.
   */
  residues(cluster: ClusterIdentity): Promise<readonly string[]>;
  /** Whether anything is stored of a registration: objects, an off-boarding or a receipt. */
  knows(incarnation: string): Promise<boolean>;
}
