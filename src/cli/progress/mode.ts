/** How progress is shown: `auto` draws on a terminal and prints a line for each change elsewhere. */
export const progressModes = ['auto', 'live', 'lines', 'json', 'none'] as const;

export type ProgressMode = (typeof progressModes)[number];

/** Flags of a command that can wait. */
export interface WaitFlags {
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly progress: ProgressMode;
}
