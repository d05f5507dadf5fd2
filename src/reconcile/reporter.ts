import { type ClusterKind, clusterKey, clusterRegistration } from '../resources/cluster/cluster-key.ts';
import type { Action } from '../messages/action.ts';
import { messageFromJson, type Said } from '../messages/from-json.ts';
import { message } from '../messages/message.ts';
import { type Clock, timestamp } from '../base/clock.ts';
import type { NautesError } from '../errors/errors.ts';
import type { Registration } from '../resources/resource-key.ts';
import type { CredentialScope } from '../resources/credential.ts';
import { canonicalJson } from '../base/hash.ts';
import type { ClusterStatus, ComponentStatus, Condition, CredentialStatus } from '../resources/status.ts';
import type { EventLog, StatusStore } from '../state/index.ts';
import { type Summary, summarizeProblem } from './summary.ts';

/** What a status is about. */
export interface ReportSubject {
  readonly name: string;
  /** Empty when it is not known, because the file cannot be understood. */
  readonly incarnation: string;
  /** Blob id of the file. */
  readonly generation: string;
  /** Commit that brought the file to this state. */
  readonly commit: string;
}

/** Where a reporter reads and writes. */
export interface ReportStores {
  readonly status: StatusStore;
  readonly events: EventLog;
}

/** What stages find out about a cluster besides their conditions. */
export interface Findings {
  readonly credential?: CredentialStatus;
  readonly kubernetes?: { readonly version: string; readonly uid: string };
  readonly entryPoints?: readonly string[];
  readonly apiServer?: string;
  readonly host?: CredentialScope;
  readonly components?: readonly ComponentStatus[];
}

/**
 * Writes the status of one cluster and the events that its changes make. One reporter lives for one run of the
 * controller; writes happen in order and only when something changed.
 */
export class Reporter {
  readonly #stores: ReportStores;
  #status: ClusterStatus;
  #writing: Promise<void> = Promise.resolve();

  private constructor(stores: ReportStores, status: ClusterStatus) {
    this.#stores = stores;
    this.#status = status;
  }

  /**
   * Begins from what is stored, or from nothing for a new registration. A file that has changed is on its way from now
   * on: nobody sees `Ready` beside a generation that was not looked at.
   */
  static async open(stores: ReportStores, clock: Clock, subject: ReportSubject): Promise<Reporter> {
    const stored = await stores.status.get(clusterKey(subject.name));
    const { generation, commit } = subject;
    if (stored?.incarnation !== subject.incarnation) {
      const status = emptyStatus(subject, timestamp(clock.now()));
      const reporter = new Reporter(stores, status);
      await reporter.#write(status);
      await reporter.event('Normal', 'Registered', message('Registered'));
      return reporter;
    }
    const reporter = new Reporter(stores, stored);
    if (stored.observedGeneration !== generation) {
      await reporter.#put({ ...beingChanged(stored, timestamp(clock.now())), observedGeneration: generation, commit });
    } else if (stored.commit !== commit) {
      await reporter.#put({ ...stored, commit });
    }
    return reporter;
  }

  /** Says that the cluster's file is the problem. Everything known of the cluster stays, nothing is known of a new one. */
  static async problem(stores: ReportStores, clock: Clock, subject: ReportSubject, error: NautesError): Promise<void> {
    const now = clock.now();
    const stored = await stores.status.get(clusterKey(subject.name));
    const known = stored?.incarnation === subject.incarnation ? stored : undefined;
    const reporter = new Reporter(stores, known ?? emptyStatus(subject, timestamp(now)));
    const { generation: observedGeneration, commit } = subject;
    await reporter.summarize(summarizeProblem(known, error, now), { observedGeneration, commit });
  }

  get status(): ClusterStatus {
    return this.#status;
  }

  /** Adds an event; never with secrets or bytes of a peer in it. */
  async event(type: 'Normal' | 'Warning', reason: string, text: Said, subject = '', action?: Action): Promise<void> {
    const about = { message: messageFromJson(text), ...(action && { action }), subject };
    await this.#stores.events.add({ ...registrationOf(this.#status), type, reason, ...about });
  }

  /** Takes over what a stage found out. */
  async report(findings: Findings): Promise<void> {
    await this.#put({ ...this.#status, ...findings });
  }

  /** Shows one component's progress while the stage is still running. */
  async reportComponent(component: ComponentStatus): Promise<void> {
    const before = this.#status.components.find(({ name }) => name === component.name);
    if (before?.phase !== component.phase || before.reason !== component.reason) await this.#componentEvent(component);
    const components =
      before === undefined
        ? [...this.#status.components, component]
        : this.#status.components.map((known) => (known.name === component.name ? component : known));
    await this.#put({ ...this.#status, components });
  }

  /**
   * Takes over the summary of a run; each condition that changed makes an event. Events come before the status they
   * lead to: whoever sees the status finds them, and a crash between the two repeats an event instead of losing it.
   */
  async summarize(
    summary: Summary,
    more: Partial<Pick<ClusterStatus, 'observedGeneration' | 'commit'>> = {},
  ): Promise<void> {
    const before = this.#status;
    for (const condition of summary.conditions) {
      const old = before.conditions.find(({ type }) => type === condition.type);
      const changed = old?.status !== condition.status || old.reason !== condition.reason;
      if (!changed || condition.status === 'Unknown' || isConsequence(condition, summary)) continue;
      const { action, type: subject } = condition;
      const type = condition.status === 'True' || action === undefined ? 'Normal' : 'Warning';
      await this.event(type, condition.reason, condition.message, subject, action);
    }
    await this.#put({ ...this.#status, ...more, phase: summary.phase, conditions: summary.conditions });
  }

  async #componentEvent(component: ComponentStatus): Promise<void> {
    const { name, phase, reason, message: what, version } = component;
    const type = phase === 'Degraded' ? 'Warning' : 'Normal';
    const isReady = phase === 'Ready';
    const text = isReady
      ? message('ComponentReady', { name, version })
      : message('About.version', { name, version, what });
    await this.event(type, isReady ? 'ComponentReady' : reason, text, `components/${name}`);
  }

  async #put(status: ClusterStatus): Promise<void> {
    if (canonicalJson(status) === canonicalJson(this.#status)) return;
    this.#status = status;
    await this.#write(status);
  }

  #write(status: ClusterStatus): Promise<void> {
    const write = this.#writing.then(() => this.#stores.status.put(registrationOf(status), status));
    this.#writing = write.catch(() => {});
    return write;
  }
}

function registrationOf({ name, incarnation }: ClusterStatus): Registration<ClusterKind> {
  return clusterRegistration({ cluster: name, incarnation });
}

/** `Ready` is False because of another condition, which has its own event, or because work goes on. */
function isConsequence(condition: Condition, { conditions }: Summary): boolean {
  if (condition.type !== 'Ready' || condition.status !== 'False') return false;
  if (condition.reason === 'InProgress') return true;
  return conditions.some(({ type, status, reason }) => {
    return type !== 'Ready' && status === 'False' && reason === condition.reason;
  });
}

/** What was known stays, until each stage says anew how it is. */
function beingChanged(status: ClusterStatus, now: string): ClusterStatus {
  const before = status.conditions.find(({ type }) => type === 'Ready');
  const ready: Condition = {
    type: 'Ready',
    status: 'False',
    reason: 'InProgress',
    message: message('InProgress.change'),
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : now,
  };
  return {
    ...status,
    phase: 'Provisioning',
    conditions: [...status.conditions.filter(({ type }) => type !== 'Ready'), ready],
  };
}

function emptyStatus({ name, incarnation, generation, commit }: ReportSubject, now: string): ClusterStatus {
  return {
    name,
    incarnation,
    phase: 'Pending',
    observedGeneration: generation,
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'Pending',
        message: message('Pending'),
        lastTransitionTime: now,
      },
    ],
    components: [],
    credential: { expiresAt: '', rotatedAt: '' },
    kubernetes: { version: '', uid: '' },
    entryPoints: [],
    commit,
  };
}
