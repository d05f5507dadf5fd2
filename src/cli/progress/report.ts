import type { EventView, StatusView } from '../../contract/views.ts';
import { safeJson } from '../output/clean.ts';
import { type Colour, shown } from '../output/terminal-text.ts';
import type { Invocation } from '../invocation/invocation.ts';
import { type FrameContent, frameLines, type ShownRow } from './frame.ts';
import { LiveView } from './live-view.ts';
import type { ProgressMode } from './mode.ts';
import { type StageRow, stageRows } from '../../progress/stage-rows.ts';
import { durationText, Stopwatch } from './stopwatch.ts';
import { remedyText } from '../texts/remedy.ts';

/** Shows people or programs how far something is that takes its time. */
export interface ProgressReport {
  event(event: EventView): void;
  status(status: StatusView | undefined): void;
  /** The server cannot be asked; `undefined` when it can again. */
  trouble(error: unknown): void;
  /** Something that people have to know to understand the rest. */
  note(text: string): void;
  end(outcome: ProgressOutcome): void;
}

export type ProgressOutcome = 'ready' | 'checked' | 'failed' | 'deleted' | 'timedOut' | 'interrupted' | 'refused';

export interface ReportOptions {
  readonly cluster: string;
  readonly mode: ProgressMode;
  /** What is waited for: it decides the words. */
  readonly goal: 'ready' | 'deleted';
}

const FRAME_MILLISECONDS = 100;

/** Drawn on a terminal; otherwise a line for each change. */
export function openReport(invocation: Invocation, options: ReportOptions): ProgressReport {
  const { mode } = options;
  if (mode === 'none') return new SilentReport(invocation);
  if (mode === 'json') return new JsonReport(invocation, options);
  const isLive = mode === 'live' || (mode === 'auto' && invocation.terminal.isLive);
  return isLive ? new LiveReport(invocation, options) : new LineReport(invocation);
}

class SilentReport implements ProgressReport {
  readonly #invocation: Invocation;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  event(): void {}
  status(): void {}
  trouble(): void {}
  end(): void {}

  note(text: string): void {
    this.#invocation.terminal.tell(text);
  }
}

/** One JSON object a line, on standard error: events as they come, the phase when it changes, the end. */
class JsonReport implements ProgressReport {
  readonly #invocation: Invocation;
  readonly #cluster: string;
  readonly #started = Date.now();
  #phase: string | undefined;

  constructor(invocation: Invocation, { cluster }: ReportOptions) {
    this.#invocation = invocation;
    this.#cluster = cluster;
  }

  event(event: EventView): void {
    this.#write({ kind: 'event', ...event });
  }

  status(status: StatusView | undefined): void {
    if (status?.phase === this.#phase) return;
    this.#phase = status?.phase;
    this.#write({ kind: 'phase', cluster: this.#cluster, phase: status?.phase ?? 'Gone' });
  }

  trouble(error: unknown): void {
    if (error instanceof Error) this.#write({ kind: 'trouble', cluster: this.#cluster, message: error.message });
  }

  note(message: string): void {
    this.#write({ kind: 'note', cluster: this.#cluster, message });
  }

  end(outcome: ProgressOutcome): void {
    this.#write({ kind: 'end', cluster: this.#cluster, outcome, milliseconds: Date.now() - this.#started });
  }

  #write(content: unknown): void {
    this.#invocation.terminal.say(safeJson(content));
  }
}

/** One line a change, with the time of day. */
class LineReport implements ProgressReport {
  readonly #invocation: Invocation;
  #isTroubled = false;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  event({ time, type, subject, reason, message: text }: EventView): void {
    const { texts, terminal } = this.#invocation;
    const at = time.slice(11, 19);
    const sign = type === 'Warning' ? terminal.paint('yellow', '!') : reason.endsWith('Ready') ? '✓' : '·';
    const label = texts.words.subject(subject);
    const line = [label, text].filter(Boolean).join(texts.output.colon);
    terminal.say(shown`${at} ${sign} ${line}`);
  }

  status(): void {}

  trouble(error: unknown): void {
    const isTroubled = error !== undefined;
    if (isTroubled && !this.#isTroubled) this.#invocation.terminal.say(this.#invocation.texts.output.serverAway);
    this.#isTroubled = isTroubled;
  }

  note(text: string): void {
    this.#invocation.terminal.tell(text);
  }

  end(): void {}
}

/** Redrawn while it runs; the last frame stays. */
class LiveReport implements ProgressReport {
  readonly #invocation: Invocation;
  readonly #options: ReportOptions;
  readonly #view: LiveView;
  readonly #watch = new Stopwatch(() => performance.now());
  readonly #timer: NodeJS.Timeout;
  readonly #stopRedrawing: () => void;
  #status: StatusView | undefined;
  #rows: readonly StageRow[] = [];
  #isTroubled = false;
  #tick = 0;

  constructor(invocation: Invocation, options: ReportOptions) {
    this.#invocation = invocation;
    this.#options = options;
    const { terminal } = invocation;
    this.#view = new LiveView({
      get columns() {
        return terminal.columns;
      },
      get rows() {
        return terminal.rows;
      },
      write: (text) => terminal.draw(text),
    });
    this.#timer = setInterval(() => {
      this.#tick += 1;
      this.#draw();
    }, FRAME_MILLISECONDS);
    this.#stopRedrawing = terminal.onResize(() => this.#draw());
    process.once('exit', this.#leave);
    this.#draw();
  }

  event(): void {}

  status(status: StatusView | undefined): void {
    this.#status = status;
    if (status !== undefined) this.#rows = stageRows(status, this.#invocation.language);
    this.#watch.look(this.#rows);
    this.#draw();
  }

  trouble(error: unknown): void {
    this.#isTroubled = error !== undefined;
  }

  note(text: string): void {
    this.#view.say(this.#invocation.terminal.wrapped(text));
  }

  end(outcome: ProgressOutcome): void {
    clearInterval(this.#timer);
    this.#stopRedrawing();
    process.off('exit', this.#leave);
    this.#draw(outcome);
    this.#view.end();
  }

  /** However the process ends, the cursor comes back. */
  readonly #leave = (): void => this.#view.end();

  #draw(outcome?: ProgressOutcome): void {
    const { terminal } = this.#invocation;
    const size = { columns: terminal.columns, rows: terminal.rows };
    this.#view.draw(frameLines(this.#content(outcome), size, this.#tick, terminal.paint));
  }

  #content(outcome: ProgressOutcome | undefined): FrameContent {
    const { texts } = this.#invocation;
    const { cluster, goal } = this.#options;
    const going = outcome === 'deleted' ? 'Gone' : 'Deleting';
    const phase = goal === 'deleted' ? going : (this.#status?.phase ?? 'Pending');
    const time = durationText(this.#watch.total);
    const hint = this.#isTroubled ? texts.output.serverAway : texts.output.interruptHint(goal);
    return {
      headline: [cluster, texts.words.phase(phase), time],
      colour: PHASE_COLOURS[phase] ?? 'cyan',
      rows: this.#shownRows(outcome),
      summary: texts.output.componentsReady,
      footer: outcome === undefined ? [hint] : [],
    };
  }

  #shownRows(outcome: ProgressOutcome | undefined): readonly ShownRow[] {
    const { texts } = this.#invocation;
    if (outcome === 'deleted') {
      const row = { mark: 'done', level: 0, label: texts.words.subject('Offboarded'), note: '', detail: '' } as const;
      return [{ ...row, time: durationText(this.#watch.total) }];
    }
    const isOver = outcome !== undefined;
    const isDeletion = this.#options.goal === 'deleted';
    const rows = isDeletion ? this.#rows.filter(isOfDeletion) : this.#rows;
    if (rows.length > 0) return rows.map((row) => this.#shown(row, isOver));
    const label = texts.words.subject(isDeletion ? 'Offboarded' : 'Registered');
    const detail = isDeletion ? texts.output.beingTakenAway : texts.output.waitsForController;
    return [{ mark: isOver ? 'waiting' : 'active', level: 0, label, note: '', detail, time: '' }];
  }

  #said({ key, mark, level, reason, detail }: StageRow): string {
    const { texts } = this.#invocation;
    if (level === 1) return detail;
    const components = this.#status?.components ?? [];
    const isOfComponents = key === 'ComponentsReady' && components.length > 0;
    if (isOfComponents && mark !== 'done' && mark !== 'waiting') {
      return texts.output.componentsOf(components.filter(({ phase }) => phase === 'Ready').length, components.length);
    }
    return reason === 'NotYetKnown' ? '' : detail;
  }

  #shown(row: StageRow, isOver: boolean): ShownRow {
    const { texts } = this.#invocation;
    const { key, mark, level, subject, note } = row;
    const said = this.#said(row);
    const advice = remedyText(row, texts.language);
    const detail = advice === '' || mark !== 'failed' ? said : `${said}${texts.output.sentenceGap}${advice}`;
    const time = durationText(this.#watch.of(key) ?? 0);
    const shownMark = isOver && mark === 'active' ? 'waiting' : mark;
    return { mark: shownMark, level, label: level === 1 ? subject : texts.words.subject(subject), note, detail, time };
  }
}

const PHASE_COLOURS: Readonly<Record<string, Colour>> = {
  Ready: 'green',
  Gone: 'green',
  Failed: 'red',
  Degraded: 'yellow',
};

/** While a cluster goes only how it goes counts. */
function isOfDeletion({ key }: StageRow): boolean {
  return key === 'Offboarded';
}
