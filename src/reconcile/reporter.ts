import { type Clock, preciseTimestamp } from '../base/clock.ts';
import { sameJson } from '../base/same-json.ts';
import type { NautesError } from '../errors/errors.ts';
import type { Action } from '../messages/action.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import type { Registration } from '../resources/resource-key.ts';
import type { Condition } from '../resources/condition.ts';
import type { EventLog, StatefulKind, StatusOf, StatusStore } from '../state/index.ts';
import { boundedStatus } from './status-limit.ts';
import { type Situation, summarize } from './summary.ts';
import type { Summary } from './transition.ts';

/** The part of a status that its reporter keeps, whatever the kind. */
export interface ReportedStatus extends Summary {
  readonly name: string;
  /** Empty when it is not known, because the file cannot be understood. */
  readonly incarnation: string;
  /** Blob id of the file that this speaks of. */
  readonly observedGeneration: string;
  /** Commit that brought the file to this state. */
  readonly commit: string;
}

/** The registration that a status is about, and the state of its file. */
export type ReportSubject = Omit<ReportedStatus, keyof Summary>;

type FileState = Pick<ReportedStatus, 'observedGeneration' | 'commit'>;

/** What is found out about a resource besides its conditions. */
export type Facts<Kind extends StatefulKind> = Partial<Omit<StatusOf<Kind>, keyof ReportedStatus>>;

/** A status that a reporter begins with, or has changed. */
export interface StatusChange {
  readonly kind: string;
  readonly status: ReportedStatus;
  /** Absent as a reporter begins. */
  readonly before?: ReportedStatus;
}

/** Where reporters read and write. */
export interface ReportStores {
  readonly status: StatusStore;
  readonly events: EventLog;
  readonly clock: Clock;
  /** Told of each status, before it is stored. */
  readonly onStatus?: (change: StatusChange) => void;
}

export interface ReportingOptions<Kind extends StatefulKind> extends ReportStores {
  readonly kind: Kind;
  /** The status of a registration of which nothing is known yet. */
  readonly blank: (reported: ReportedStatus) => StatusOf<Kind>;
}

/** Opens reporters on the resources of a kind. Their statuses are written by these reporters and by nothing else. */
export class Reporting<Kind extends StatefulKind> {
  readonly #options: ReportingOptions<Kind>;

  constructor(options: ReportingOptions<Kind>) {
    this.#options = options;
  }

  /**
   * Begins from what is stored, or from nothing for a new registration. A file that has changed is on its way from now
   * on: `Ready` never stands beside a generation that was not checked.
   */
  open(subject: ReportSubject): Promise<Reporter<Kind>> {
    return Reporter.open(this.#options, subject);
  }

  /** Begins from what is stored of the registration; `undefined` when there is no status of it. */
  resume(registration: Registration<Kind>): Promise<Reporter<Kind> | undefined> {
    return Reporter.resume(this.#options, registration);
  }

  /** Says that the file is the problem. Everything known of the resource stays; nothing is known of a new one. */
  unusable(subject: ReportSubject, error: NautesError): Promise<void> {
    return Reporter.unusable(this.#options, subject, error);
  }

  /** A look at the resource has ended that began then (milliseconds since the epoch). */
  checked(name: string, began: number): void {
    this.#options.status.checked({ kind: this.#options.kind, name }, preciseTimestamp(began));
  }

  /** Removes the status of a file that could not be understood, of which nothing is known any more. */
  async forget(name: string): Promise<void> {
    await this.#options.status.remove({ kind: this.#options.kind, name, incarnation: '' });
  }
}

/**
 * Writes the status of one resource and the events that its changes make. A reporter lives for one run; writes happen in
 * order and only when something changed.
 */
export class Reporter<Kind extends StatefulKind> {
  readonly #options: ReportingOptions<Kind>;
  #status: StatusOf<Kind>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(options: ReportingOptions<Kind>, status: StatusOf<Kind>) {
    this.#options = options;
    this.#status = status;
    options.onStatus?.({ kind: options.kind, status });
  }

  static async open<Kind extends StatefulKind>(
    options: ReportingOptions<Kind>,
    subject: ReportSubject,
  ): Promise<Reporter<Kind>> {
    const stored = await storedStatus(options, subject);
    const reporter = new Reporter(options, stored ?? blankStatus(options, subject));
    const { observedGeneration, commit } = subject;
    if (stored === undefined) {
      await reporter.#write();
      await reporter.event('Normal', 'Registered', message('Registered'));
    } else if (stored.observedGeneration !== observedGeneration) {
      await reporter.summarize({ situation: 'changed' }, { observedGeneration, commit });
    } else {
      await reporter.#put({ ...stored, commit });
    }
    return reporter;
  }

  static async resume<Kind extends StatefulKind>(
    options: ReportingOptions<Kind>,
    registration: Registration<Kind>,
  ): Promise<Reporter<Kind> | undefined> {
    const stored = await storedStatus(options, registration);
    return stored === undefined ? undefined : new Reporter(options, stored);
  }

  static async unusable<Kind extends StatefulKind>(
    options: ReportingOptions<Kind>,
    subject: ReportSubject,
    error: NautesError,
  ): Promise<void> {
    const stored = await storedStatus(options, subject);
    const reporter = new Reporter(options, stored ?? blankStatus(options, subject));
    const { observedGeneration, commit } = subject;
    await reporter.summarize({ situation: 'unusable', error }, { observedGeneration, commit });
  }

  get status(): StatusOf<Kind> {
    return this.#status;
  }

  /** Adds an event; never with secrets or bytes of a peer in it. */
  async event(type: 'Normal' | 'Warning', reason: string, text: Message, subject = '', action?: Action): Promise<void> {
    const about = { message: text, ...(action && { action }), subject };
    await this.#options.events.add({ ...this.#registration, type, reason, ...about });
  }

  /** Takes over what was found out. */
  async report(facts: Facts<Kind>): Promise<void> {
    await this.#put({ ...this.#status, ...facts });
  }

  /**
   * Takes over where the resource is; each condition that changed makes an event. Events come before the status they
   * lead to: the status is never seen without them, and a crash between the two repeats an event instead of losing it.
   * @param file the state of the file that is spoken of from now on, where that changes
   */
  async summarize(situation: Situation, file?: FileState): Promise<void> {
    const before: Summary = this.#status;
    const summary = summarize(situation, before, this.#options.clock.now());
    for (const condition of summary.conditions) {
      const old = before.conditions.find(({ type }) => type === condition.type);
      const changed = old?.status !== condition.status || old.reason !== condition.reason;
      if (!changed || condition.status === 'Unknown' || isConsequence(condition, summary)) continue;
      const { reason, message: text, action, type: subject } = condition;
      const type = condition.status === 'True' || action === undefined ? 'Normal' : 'Warning';
      await this.event(type, reason, text, subject, action);
    }
    await this.#put({ ...this.#status, ...file, ...summary });
  }

  get #registration(): Registration<Kind> {
    const { name, incarnation } = this.#status;
    return { kind: this.#options.kind, name, incarnation };
  }

  async #put(given: StatusOf<Kind>): Promise<void> {
    const before = this.#status;
    if (sameJson(given, before)) return;
    const status = boundedStatus(given, JSON.stringify(given).length);
    this.#status = status;
    this.#options.onStatus?.({ kind: this.#options.kind, status, before });
    await this.#write();
  }

  #write(): Promise<void> {
    const [registration, status] = [this.#registration, this.#status];
    const write = this.#writing.then(() => this.#options.status.put(registration, status));
    this.#writing = write.catch(() => {});
    return write;
  }
}

async function storedStatus<Kind extends StatefulKind>(
  { kind, status }: ReportingOptions<Kind>,
  { name, incarnation }: Pick<ReportSubject, 'name' | 'incarnation'>,
): Promise<StatusOf<Kind> | undefined> {
  const stored = await status.get({ kind, name });
  return stored?.incarnation === incarnation ? stored : undefined;
}

function blankStatus<Kind extends StatefulKind>(
  { blank, clock }: ReportingOptions<Kind>,
  subject: ReportSubject,
): StatusOf<Kind> {
  return blank({ ...subject, ...summarize({ situation: 'registered' }, undefined, clock.now()) });
}

/** `Ready` is False because of another condition, which has its own event, or because work is under way. */
function isConsequence(condition: Condition, { phase, conditions }: Summary): boolean {
  if (condition.type !== 'Ready' || condition.status !== 'False') return false;
  if (condition.reason === 'InProgress' || phase === 'Deleting') return true;
  return conditions.some(({ type, status, reason }) => {
    return type !== 'Ready' && status === 'False' && reason === condition.reason;
  });
}
