import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Metrics } from '../../../base/metrics.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import type { GitStore } from '../../../git-store/index.ts';
import type { RenderSettings } from '../../../render/facts.ts';
import type { Publishing } from '../../../publish/index.ts';
import type { Renderer } from '../../../render/renderer.ts';
import type { CredentialWriter } from '../../../secrets/index.ts';
import type { EventLog, InventoryStore, OffboardingLedger, StatusReader } from '../../../state/index.ts';
import type { RoleRule } from '../../../workload-auth/index.ts';
import type { WorkloadAuth } from '../../../workload-auth/index.ts';
import type { AccessServices } from '../../../cluster-access/index.ts';
import type { Reporter, Reporting } from '../../../reconcile/reporter.ts';
import type { Ownership } from '../../../resources/ownership.ts';
import type { Installation } from '../../../resources/installation.ts';
import type { ClusterKind } from '../../../resources/cluster/cluster-key.ts';
import type { IdentityClaims } from './identity-claims.ts';

export type ClusterReporter = Reporter<ClusterKind>;

/** What the controllers are given to work with. */
export interface ControllerParts extends AccessServices {
  readonly installation: Installation;
  readonly repo: GitStore;
  readonly secrets: CredentialWriter;
  readonly status: StatusReader;
  /** Writes the statuses. */
  readonly reporting: Reporting<ClusterKind>;
  readonly events: EventLog;
  readonly inventory: InventoryStore;
  readonly offboardings: OffboardingLedger;
  readonly catalog: Catalog;
  readonly renderer: Renderer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent where nothing is counted. */
  readonly metrics?: Metrics;
  /** How workloads get to where secrets are kept; absent where there is no such place outside of this server. */
  readonly workloadAuth?: WorkloadAuth;
  /** Which clusters are worked on here; absent where that is all. */
  readonly ownership?: Ownership;
  /** Where clusters are made known; absent without a management cluster. */
  readonly publishing?: Publishing;
  readonly settings: ControllerSettings;
}

/** What the controllers work with. */
export interface ControllerServices extends ControllerParts {
  readonly identities: IdentityClaims;
}

/** Who of a cluster's workloads may log in, and what they may do then. */
export interface WorkloadSettings {
  readonly roles: readonly RoleRule[];
  /** Names of the policies of roles, with `{cluster}` and `{role}`. */
  readonly policyTemplate: string;
}

export interface ControllerSettings {
  readonly render: RenderSettings;
  /** Which workloads may log in; none by default. */
  readonly workloads?: WorkloadSettings;
  /** How often a ready cluster is compared with what it should be. */
  readonly driftMilliseconds: number;
  /** How often Services, Deployments and definitions of such a cluster are compared. */
  readonly quickLookMilliseconds: number;
  /** How long an off-boarding waits for a cluster before it ends without it. */
  readonly graceMilliseconds: number;
  /** Lifetime that is asked for our own token on a cluster, in seconds. */
  readonly tokenSeconds: number;
}
