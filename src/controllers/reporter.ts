import { timestamp } from '../base/clock.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterStatus, ComponentStatus, CredentialStatus } from '../model/status.ts';
import type { StatusStore } from '../status/status-store.ts';
import type { Summary } from './summary.ts';

/** The cluster that a status is about. */
type ReportedCluster = Pick<Cluster, 'name' | 'incarnation'>;

/** What stages find out about a cluster besides their conditions. */
export interface Findings {
  readonly credential?: CredentialStatus;
  readonly kubernetes?: { readonly version: string; readonly uid: string };
  readonly entryPoints?: readonly string[];
  readonly components?: readonly ComponentStatus[];
}

/**
 * Writes the status of one cluster and the events that its changes make. One reporter lives for one run of the
 * controller; writes happen in order and only when something changed.
 */
export class Reporter {
  readonly #store: StatusStore;
  #status: ClusterStatus;
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: StatusStore, status: ClusterStatus) {
    this.#store = store;
    this.#status = status;
  }

  /** Begins from what is stored, or from nothing for a new registration. */
  static async open(
    store: StatusStore,
    cluster: ReportedCluster,
    generation: string,
    commit: string,
  ): Promise<Reporter> {
    const stored = await store.status(cluster.name);
    if (stored?.incarnation === cluster.incarnation) {
      const reporter = new Reporter(store, stored);
      if (stored.observedGeneration !== generation)
        await reporter.#put({ ...stored, observedGeneration: generation, commit });
      return reporter;
    }
    const reporter = new Reporter(store, emptyStatus(cluster, generation, commit));
    await reporter.#put(reporter.#status);
    await reporter.event('Normal', 'Registered', 'the registration is being carried out');
    return reporter;
  }

  get status(): ClusterStatus {
    return this.#status;
  }

  /** Adds an event; never with secrets or bytes of a peer in it. */
  async event(type: 'Normal' | 'Warning', reason: string, message: string, subject = ''): Promise<void> {
    const { name: cluster, incarnation } = this.#status;
    await this.#store.addEvent({ cluster, incarnation, type, reason, message, subject });
  }

  /** Takes over what a stage found out. */
  async report(findings: Findings): Promise<void> {
    await this.#put({ ...this.#status, ...findings });
  }

  /** Shows one component's progress while the stage is still running. */
  async reportComponent(component: ComponentStatus): Promise<void> {
    const before = this.#status.components.find(({ name }) => name === component.name);
    if (before !== undefined && sameComponent(before, component)) return;
    const others = this.#status.components.filter(({ name }) => name !== component.name);
    const components =
      before === undefined
        ? [...others, component]
        : this.#status.components.map((known) => (known.name === component.name ? component : known));
    await this.#put({ ...this.#status, components });
    if (before?.phase !== component.phase || before.reason !== component.reason) await this.#componentEvent(component);
  }

  /** Takes over the summary of a run; each condition that changed makes an event. */
  async summarize(summary: Summary): Promise<void> {
    const before = this.#status;
    await this.#put({ ...before, phase: summary.phase, conditions: summary.conditions });
    for (const condition of summary.conditions) {
      const old = before.conditions.find(({ type }) => type === condition.type);
      const changed = old?.status !== condition.status || old.reason !== condition.reason;
      if (!changed || condition.status === 'Unknown') continue;
      if (condition.type === 'Ready' && condition.status === 'False') continue; // the condition it comes from has its own
      const type = condition.status === 'True' || condition.remedy === '' ? 'Normal' : 'Warning';
      const text = condition.remedy === '' ? condition.message : `${condition.message}. ${condition.remedy}`;
      await this.event(type, condition.reason, text, condition.type);
    }
  }

  async #componentEvent(component: ComponentStatus): Promise<void> {
    const { name, phase, reason, message, version } = component;
    const type = phase === 'Degraded' ? 'Warning' : 'Normal';
    const text = phase === 'Ready' ? `${name} ${version} is ready` : `${name} ${version}: ${message}`;
    await this.event(type, phase === 'Ready' ? 'ComponentReady' : reason, text, `components/${name}`);
  }

  #put(status: ClusterStatus): Promise<void> {
    this.#status = status;
    const write = this.#writing.then(() => this.#store.putStatus(status));
    this.#writing = write.catch(() => {});
    return write;
  }
}

function sameComponent(left: ComponentStatus, right: ComponentStatus): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function emptyStatus(cluster: ReportedCluster, generation: string, commit: string): ClusterStatus {
  return {
    name: cluster.name,
    incarnation: cluster.incarnation,
    phase: 'Pending',
    observedGeneration: generation,
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'Pending',
        message: 'the cluster has just been registered',
        remedy: '',
        lastTransitionTime: timestamp(Date.now()),
      },
    ],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
    commit,
  };
}
