import { clusterKey, clusterRegistration } from '../../src/resources/cluster/cluster-key.ts';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogFields, Logger } from '../../src/base/logger.ts';
import type { OffboardingRecord } from '../../src/resources/cluster/offboarding-record.ts';
import type { InventoryEntry } from '../../src/resources/inventory.ts';
import type { EventView, StatusView } from '../../src/contract/views.ts';
import { eventReply } from '../../src/api/wire/event-reply.ts';
import { statusReply } from '../../src/api/wire/status-reply.ts';
import type { Receipt } from '../../src/resources/cluster/receipt.ts';
import type { DeletionPlan } from '../../src/registry/delete/deletion-plan.ts';
import type { ClusterPlan } from '../../src/registry/save/cluster-plan.ts';
import type {
  CallerContext,
  NodePorts,
  PauseOptions,
  RotateOptions,
  SaveOptions,
  SaveResult,
  SyncResult,
} from '../../src/registry/cluster-registry.ts';
import { type DraftChanges, draftOf, type RegisteredServer } from './cluster-drafts.ts';
import { AdjustableClock, type ControlLoopOptions, type LoopParts, openLoopParts } from './loop-parts.ts';
import { ConfigClone } from './config-clone.ts';
import { eventually, PATIENCE_MILLISECONDS } from './wait-until.ts';

/** Registry and controllers over the embedded parts in one process, with a clock that can be moved. */
export class ControlLoop {
  readonly directory: string;
  readonly clock = new AdjustableClock();
  /** What was logged as error. */
  readonly errors: LogFields[] = [];
  #options: ControlLoopOptions;
  #parts: LoopParts | undefined;
  #requests = 0;

  private constructor(directory: string, options: ControlLoopOptions) {
    this.directory = directory;
    this.#options = options;
  }

  static async start(options: ControlLoopOptions = {}): Promise<ControlLoop> {
    const loop = new ControlLoop(await mkdtemp(join(tmpdir(), 'nautes-loop-')), options);
    await loop.open();
    return loop;
  }

  /** Opens everything, or opens it again after {@link shut}. */
  async open(): Promise<void> {
    const { clock, directory, repositoryDirectory } = this;
    this.#parts = await openLoopParts(this.#options, { clock, directory, repositoryDirectory, logger: this.#logger() });
  }

  /** Closes everything and leaves the data. */
  async shut(): Promise<void> {
    await this.#parts?.close();
    this.#parts = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shut();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Other options for the next {@link open}. */
  change(options: Partial<ControlLoopOptions>): void {
    this.#options = { ...this.#options, ...options };
  }

  get repositoryDirectory(): string {
    return join(this.directory, 'config-repo.git');
  }

  get parts(): LoopParts {
    if (this.#parts === undefined) throw new Error('the control loop is shut');
    return this.#parts;
  }

  /** Copies all data away, for {@link restoreBackup}. Only while it is shut. */
  async backUp(): Promise<string> {
    const copy = await mkdtemp(join(tmpdir(), 'nautes-backup-'));
    await cp(this.directory, copy, { recursive: true });
    return copy;
  }

  /** Brings the data back from a copy. Only while it is shut. */
  async restoreBackup(copy: string): Promise<void> {
    await rm(this.directory, { recursive: true });
    await cp(copy, this.directory, { recursive: true });
    await rm(copy, { recursive: true });
  }

  save(
    name: string,
    cluster: RegisteredServer,
    changes: DraftChanges = {},
    options: SaveOptions = { skipCheck: false },
  ): Promise<SaveResult> {
    return this.parts.registry.save(this.#context(), name, draftOf(cluster, changes), options);
  }

  plan(
    name: string,
    cluster: RegisteredServer,
    changes: DraftChanges = {},
    options: SaveOptions = { skipCheck: false },
  ): Promise<ClusterPlan> {
    return this.parts.registry.plan(this.#context(), name, draftOf(cluster, changes), options);
  }

  rotate(name: string, options: RotateOptions): Promise<SaveResult> {
    return this.parts.registry.rotate(this.#context(), name, options);
  }

  pause(name: string, { until = '', reason = '' }: Partial<PauseOptions>): Promise<SaveResult> {
    return this.parts.registry.pause(this.#context(), name, { until, reason });
  }

  resume(name: string): Promise<SaveResult> {
    return this.parts.registry.resume(this.#context(), name, {});
  }

  sync(name: string): Promise<SyncResult> {
    return this.parts.registry.sync(this.#context(), name);
  }

  delete(name: string, force = false): Promise<{ readonly commit: string }> {
    return this.parts.registry.delete(this.#context(), name, { force });
  }

  planDeletion(name: string, force = false): Promise<DeletionPlan> {
    return this.parts.registry.planDeletion(this.#context(), name, { force });
  }

  nodePorts(name: string, count: number): Promise<NodePorts> {
    return this.parts.registry.nodePorts(this.#context(), name, count);
  }

  /** A clone of the repository, as a person has it. */
  clone(): Promise<ConfigClone> {
    return ConfigClone.of(this.repositoryDirectory);
  }

  /** As the API shows it. */
  async status(name: string): Promise<StatusView | undefined> {
    const status = await this.parts.state.status.get(clusterKey(name));
    return status && statusReply(status, 'en');
  }

  inventory(cluster: string, incarnation: string): Promise<readonly InventoryEntry[]> {
    return this.parts.state.inventory.list(clusterRegistration({ cluster, incarnation }));
  }

  putOffboarding(record: OffboardingRecord): Promise<void> {
    return this.parts.state.offboardings.put(clusterRegistration(record), record);
  }

  async events(name: string): Promise<readonly EventView[]> {
    const { events } = await this.parts.state.events.after(0, clusterKey(name), 1000);
    return events.map((event) => eventReply(event, 'en'));
  }

  /** Lets the controllers look at the cluster that many times more: what they would do by now they have done. */
  async runAgain(name: string, times = 2): Promise<void> {
    for (let run = 0; run < times; run += 1) await this.parts.reconciler.runOnce(clusterKey(name));
  }

  /** Waits for a status; fails with the last one. */
  async until(name: string, test: (status: StatusView) => boolean, what: string): Promise<StatusView> {
    let last: StatusView | undefined;
    return eventually(
      async () => {
        last = await this.status(name);
        return last !== undefined && test(last) ? last : undefined;
      },
      () => `${name} is not ${what}: ${JSON.stringify(last, undefined, 1)} ${JSON.stringify(this.errors)}`,
    );
  }

  untilReady(name: string): Promise<StatusView> {
    return this.until(name, ({ phase }) => phase === 'Ready', 'Ready');
  }

  /** Waits until a condition has the reason. */
  untilReason(name: string, reason: string): Promise<StatusView> {
    return this.until(name, ({ conditions }) => conditions.some((condition) => condition.reason === reason), reason);
  }

  untilEvent(name: string, reason: string): Promise<EventView> {
    return eventually(
      async () => (await this.events(name)).find((event) => event.reason === reason),
      () => `no event ${reason} of ${name}`,
    );
  }

  async untilReceipt(name: string, incarnation: string): Promise<Receipt> {
    return eventually(
      async () => {
        const receipt = await this.parts.state.offboardings.receipt(clusterKey(name));
        return receipt?.incarnation === incarnation ? receipt : undefined;
      },
      () => `no receipt for ${name}`,
    );
  }

  #context(): CallerContext {
    this.#requests += 1;
    const caller = { id: 'ada', name: 'ada', email: 'ada@localhost' };
    return { caller, requestId: `request-${this.#requests}`, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) };
  }

  #logger(): Logger {
    const logger: Logger = {
      debug() {},
      info() {},
      warn() {},
      error: (fields) => void this.errors.push(fields),
      child: () => logger,
    };
    return logger;
  }
}
