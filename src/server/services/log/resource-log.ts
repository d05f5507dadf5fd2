import type { Clock } from '../../../base/clock.ts';
import type { LogFields, Logger } from '../../../base/logger.ts';
import { render } from '../../../messages/message.ts';
import type { StatusChange } from '../../../reconcile/reporter.ts';
import type { ResourceEvent } from '../../../resources/event.ts';
import type { Phase } from '../../../resources/phase.ts';
import type { ResourceKey } from '../../../resources/resource-key.ts';
import type { EventLog } from '../../../state/index.ts';
import { RepeatFilter, type Repeated } from './repeat-filter.ts';

/** How often it is looked for repeated lines whose time is over. */
const SWEEP_MILLISECONDS = 60_000;

type Level = 'info' | 'warn';

interface Line {
  readonly level: Level;
  readonly fields: LogFields;
  readonly text: string;
}

const TROUBLED: ReadonlySet<Phase> = new Set(['Degraded', 'Failed']);

export interface ResourceLogOptions {
  readonly events: Pick<EventLog, 'onEvent'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Tells the log what happens to each resource: every event and every change of its phase, with the commit that is
 * carried out. What is said again within ten minutes is counted instead of written.
 */
export class ResourceLog {
  readonly #options: ResourceLogOptions;
  readonly #repeats = new RepeatFilter<Line>();
  /** By name: the commit that the last status speaks of. */
  readonly #commits = new Map<string, string>();
  readonly #unsubscribe: () => void;
  readonly #sweep: NodeJS.Timeout;

  constructor(options: ResourceLogOptions) {
    this.#options = options;
    this.#unsubscribe = options.events.onEvent((event) => this.#tell(event));
    this.#sweep = setInterval(() => this.#summarize(this.#repeats.expired(options.clock.now())), SWEEP_MILLISECONDS);
    this.#sweep.unref();
  }

  /** Told of every status that is reported. */
  readonly onStatus = ({ kind, status, before }: StatusChange): void => {
    const { name, commit, phase, conditions } = status;
    this.#commits.set(nameOf({ kind, name }), commit);
    if (before === undefined || before.phase === phase) return;
    const ready = conditions.find(({ type }) => type === 'Ready');
    const reason = ready?.reason ?? phase;
    const said = ready === undefined ? '' : `: ${render(ready.message, 'en')}`;
    const text = `${before.phase} -> ${phase}${said}`;
    this.#write({
      level: TROUBLED.has(phase) ? 'warn' : 'info',
      fields: { ...this.#about({ kind, name }), phase, before: before.phase, reason },
      text,
    });
  };

  /** Writes the counts of what was repeated. */
  close(): void {
    this.#unsubscribe();
    clearInterval(this.#sweep);
    this.#summarize(this.#repeats.clear());
  }

  #tell({ kind, name, type, reason, subject, message }: ResourceEvent): void {
    const fields = { ...this.#about({ kind, name }), reason, ...(subject === '' ? {} : { subject }) };
    this.#write({ level: type === 'Warning' ? 'warn' : 'info', fields, text: render(message, 'en') });
  }

  #about(key: ResourceKey): LogFields {
    const commit = this.#commits.get(nameOf(key));
    return { [key.kind.toLowerCase()]: key.name, ...(commit === undefined || commit === '' ? {} : { commit }) };
  }

  #write(line: Line): void {
    const { logger, clock } = this.#options;
    const now = clock.now();
    this.#summarize(this.#repeats.expired(now));
    if (!this.#repeats.admit(JSON.stringify([line.fields, line.text]), line, now)) return;
    logger[line.level](line.fields, line.text);
  }

  #summarize(repeated: readonly Repeated<Line>[]): void {
    for (const { entry, repeats } of repeated) {
      this.#options.logger[entry.level]({ ...entry.fields, repeats }, `${entry.text} (again, ${repeats} times)`);
    }
  }
}

function nameOf({ kind, name }: ResourceKey): string {
  return `${kind}/${name}`;
}
