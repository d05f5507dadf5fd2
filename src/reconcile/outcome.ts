/** How a run of a reconciler ended, and with that when the key runs next. */
export type RunOutcome =
  /** As declared. Compared again after the resync interval of the kind, or after this time. */
  | { readonly outcome: 'done'; readonly milliseconds?: number }
  /**
   * Not as declared yet. Runs again after the time, also when a person must act: people act without telling us.
   * `answered` is false when what the key stands for could not be reached; `failure` is the reason of a run that failed.
   */
  | {
      readonly outcome: 'wait';
      readonly milliseconds: number;
      readonly answered: boolean;
      readonly failure?: string;
    }
  | Abandoned
  /** There is nothing of that name: the key is forgotten. */
  | { readonly outcome: 'skipped' };

/**
 * Given up without having found out anything: what it works on has not answered as soon as one that is well does. The
 * next run, in the suspect lane, has the time to find out.
 */
export interface Abandoned {
  readonly outcome: 'abandoned';
}

export const abandoned: Abandoned = { outcome: 'abandoned' };
