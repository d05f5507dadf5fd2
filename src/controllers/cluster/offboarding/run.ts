import { defined } from '../../../base/defined.ts';
import type { ClusterReporter } from '../runtime/services.ts';
import { clusterRegistration } from '../../../resources/cluster/cluster-key.ts';
import type { Explanation } from '../../../reconcile/stage.ts';
import { message } from '../../../messages/message.ts';
import type { RunOutcome } from '../../../reconcile/outcome.ts';
import { timestamp } from '../../../base/clock.ts';
import { NautesError } from '../../../errors/errors.ts';
import type { ClusterConnection } from '../../../kube/index.ts';
import type { ObjectOwner } from '../../../kube-objects/kube-object.ts';
import type { CredentialScope } from '../../../resources/credential.ts';
import { type InventoryEntry, isHosted } from '../../../resources/inventory.ts';
import type { OffboardingRecord } from '../../../resources/cluster/offboarding-record.ts';
import { hostScope } from './hosted-removal.ts';
import { updateRecord } from './records.ts';
import type { ControllerServices } from '../runtime/services.ts';
import { clusterFiles } from '../../../resources/cluster/cluster-files.ts';
import { useAccepted } from '../../../cluster-access/index.ts';

/** What a pass has left to do: another pass after the time. */
export type PassPending = Extract<RunOutcome, { readonly outcome: 'wait' }>;

/** The cluster was reached and something of it is still there: the next pass looks again after the time. */
export function passPending(milliseconds: number, failure?: string): PassPending {
  return { outcome: 'wait', milliseconds, answered: true, ...defined({ failure }) };
}

/** The cluster cannot be reached or refuses us; what goes wrong with ourselves is never one of these. */
export class ClusterFailure {
  readonly error: NautesError;

  constructor(error: NautesError) {
    this.error = error;
  }
}

/** Where the objects of a registration are removed, and which of them. */
interface RemovalTarget {
  /** Whose credential is presented. */
  readonly scope: CredentialScope;
  /** For a virtual cluster: its objects on the host. What is inside goes with them, and so does our access. */
  readonly isHost: boolean;
}

interface RunParts {
  readonly inventory: readonly InventoryEntry[];
  readonly target: RemovalTarget;
  readonly contactMilliseconds: number | undefined;
  readonly reporter: ClusterReporter | undefined;
}

/** One pass over an off-boarding: what it is about, and what its steps share. */
export class OffboardingRun {
  readonly services: ControllerServices;
  readonly scope: CredentialScope;
  readonly isOnHost: boolean;
  #inventory: readonly InventoryEntry[];
  readonly #target: RemovalTarget;
  readonly #contactMilliseconds: number | undefined;
  /** Absent where nothing is shown of the registration: it never ran, or its status is that of its successor. */
  readonly #reporter: ClusterReporter | undefined;
  #record: OffboardingRecord;

  static async of(
    services: ControllerServices,
    record: OffboardingRecord,
    contactMilliseconds: number | undefined,
  ): Promise<OffboardingRun> {
    const inventory = await services.inventory.list(clusterRegistration(record));
    return new OffboardingRun(services, record, {
      inventory,
      contactMilliseconds,
      target: await removalTargetOf(services, record, inventory),
      reporter: await services.reporting.resume(clusterRegistration(record)),
    });
  }

  private constructor(
    services: ControllerServices,
    record: OffboardingRecord,
    { inventory, target, contactMilliseconds, reporter }: RunParts,
  ) {
    this.services = services;
    this.scope = { cluster: record.cluster, incarnation: record.incarnation };
    this.#inventory = inventory;
    this.isOnHost = target.isHost;
    this.#target = target;
    this.#contactMilliseconds = contactMilliseconds;
    this.#reporter = reporter;
    this.#record = record;
  }

  /** Whose the objects are that go. */
  get owner(): ObjectOwner {
    return { installation: this.services.installation.id, ...this.scope };
  }

  get inventory(): readonly InventoryEntry[] {
    return this.#inventory;
  }

  /** Adds what was found on the cluster, or replaces what was only intended. Durable when it resolves. */
  async addToInventory(entries: readonly InventoryEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const registration = clusterRegistration(this.#record);
    await this.services.inventory.put(registration, entries);
    this.#inventory = await this.services.inventory.list(registration);
  }

  get record(): OffboardingRecord {
    return this.#record;
  }

  async update(change: Partial<OffboardingRecord>): Promise<void> {
    this.#record = await updateRecord(this.services, this.#record, change);
  }

  /**
   * What the action gives, run where the objects are with the first stored credential that is accepted there; or why
   * the cluster did not do it.
   * @throws ProbeTimeout, SecretStoreUnavailable
   */
  async use<T>(
    action: (connection: ClusterConnection) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | ClusterFailure> {
    const options = { scope: this.#target.scope, contactMilliseconds: this.#contactMilliseconds };
    try {
      return await useAccepted(this.services, options, action, signal);
    } catch (error) {
      signal.throwIfAborted();
      const isOfCluster = error instanceof NautesError && error.reason !== 'Internal';
      if (isOfCluster) return new ClusterFailure(error);
      throw error;
    }
  }

  /** What is reached and cannot be removed has had its time, also on a cluster that was away for long before. */
  async isRemovalOver(): Promise<boolean> {
    const { reachedAt = timestamp(this.services.clock.now()) } = this.#record;
    if (this.#record.reachedAt === undefined) await this.update({ reachedAt });
    return this.isOver(reachedAt);
  }

  /** The grace period that began then has passed. */
  isOver(since: string): boolean {
    const { clock, settings } = this.services;
    return clock.now() - Date.parse(since) >= settings.graceMilliseconds;
  }

  /** Shows how far it is. */
  async show(progress: Explanation): Promise<void> {
    const hasSuccessor = this.services.repo.snapshot().of(clusterFiles).has(this.scope.cluster);
    const text = hasSuccessor
      ? message('Offboarding.successorWaits', { progress: progress.message })
      : progress.message;
    await this.#reporter?.summarize({ situation: 'offboarding', ...progress, message: text });
  }

  /** UID of the Kubernetes cluster, as far as it is known. */
  get kubernetesUid(): string {
    return this.#reporter?.status.kubernetes.uid ?? '';
  }
}

/** The inventory tells where a registration was made; its file, and so the record, may have been changed since. */
async function removalTargetOf(
  services: ControllerServices,
  record: OffboardingRecord,
  inventory: readonly InventoryEntry[],
): Promise<RemovalTarget> {
  if (isHosted(inventory)) return { scope: await hostScope(services, record), isHost: true };
  return { scope: { cluster: record.cluster, incarnation: record.incarnation }, isHost: false };
}
