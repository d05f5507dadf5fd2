import { ProcessNotes } from '../../base/files/process-notes.ts';
import type { Logger } from '../../base/logger.ts';
import type { RunJournal } from '../../reconcile/run-journal.ts';

/** Unclean ends counted of a key. */
const MAXIMUM_COUNT = 1000;
/** Keys that the log names. */
const NAMED_KEYS = 20;

/** Keeps one small file for each run that is under way. Runs do not depend on it: what cannot be written is logged once. */
export class FileRunJournal implements RunJournal {
  readonly unfinished: ReadonlyMap<string, number>;
  readonly #notes: ProcessNotes;
  readonly #logger: Logger;
  /** Unclean ends of the keys that have not finished a run since; one more counts only if a run was under way again. */
  readonly #counts: Map<string, number>;
  #hasFailed = false;

  constructor(directory: string, logger: Logger) {
    this.#notes = new ProcessNotes(directory);
    this.#logger = logger;
    this.unfinished = this.#read();
    this.#counts = new Map(this.unfinished);
    if (this.unfinished.size === 0) return;
    const keys = [...this.unfinished.keys()].slice(0, NAMED_KEYS);
    logger.warn(
      { keys, count: this.unfinished.size },
      'the last process ended while runs were under way: they start one at a time',
    );
  }

  began(id: string): void {
    this.#try(() => this.#notes.put(id, String(this.#counts.get(id) ?? 0)));
  }

  ended(id: string): void {
    this.#counts.delete(id);
    this.#try(() => this.#notes.remove(id));
  }

  #read(): Map<string, number> {
    const found = new Map<string, number>();
    this.#try(() => {
      for (const [id, text] of this.#notes.read()) {
        const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
        found.set(id, Math.min(count + 1, MAXIMUM_COUNT));
      }
      for (const [id, count] of found) this.#notes.put(id, String(count - 1)); // the same again, unless its run begins
    });
    return found;
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!this.#hasFailed) this.#logger.warn({ error }, 'runs under way cannot be noted in the data directory');
      this.#hasFailed = true;
    }
  }
}
