/** Remembers, across an end of the process that was not clean, which runs were under way. */
export interface RunJournal {
  /**
   * The keys whose runs were under way when the last process ended, and how often in a row that happened to each. A
   * clean end leaves none.
   */
  readonly unfinished: ReadonlyMap<string, number>;
  /** A run of the key begins. Written before the run does anything. */
  began(id: string): void;
  /** The run of the key has ended, however it ended. */
  ended(id: string): void;
}

/** Remembers nothing: for processes that are not started again. */
export const noRunJournal: RunJournal = { unfinished: new Map(), began() {}, ended() {} };
