import type { OffboardingRecord } from '../resources/cluster/offboarding-record.ts';
import type { Receipt } from '../resources/cluster/receipt.ts';
import type { ClusterStatus } from '../resources/cluster/cluster-status.ts';

/**
 * What is stored of each kind that controllers work on. The stores keep these documents as JSON and give them back as
 * they were put, including fields that they do not know.
 */
export interface StateDocuments {
  readonly Cluster: {
    readonly status: ClusterStatus;
    readonly offboarding: OffboardingRecord;
    readonly receipt: Receipt;
  };
}

export type StatefulKind = keyof StateDocuments;

export type StatusOf<Kind extends StatefulKind> = StateDocuments[Kind]['status'];

export type OffboardingOf<Kind extends StatefulKind> = StateDocuments[Kind]['offboarding'];

export type ReceiptOf<Kind extends StatefulKind> = StateDocuments[Kind]['receipt'];
