/** `stalled`: a person must act; `waiting`: it ends by itself or at a known time; `transient`: retry with back-off. */
export type NextStep = 'stalled' | 'waiting' | 'transient';

export interface CatalogueEntry {
  /** The HTTP status when it reaches an API caller. */
  readonly status: number;
  readonly next: NextStep;
  /** A template: `{name}` is filled from the details of the error. */
  readonly message: string;
  /** A template as well: what the receiver can do. */
  readonly remedy: string;
}
