import type { ActionId } from './actions/index.ts';
import type { CheckedText, Text } from './text.ts';

/** `stalled`: a person must act; `waiting`: it ends by itself or at a known time; `transient`: retry with back-off. */
export type NextStep = 'stalled' | 'waiting' | 'transient';

/** An error of the catalogue: what it means, its text, and what people can do about it. */
export interface ErrorText extends Text {
  /** The HTTP status when it reaches an API caller. */
  readonly status: number;
  readonly next: NextStep;
  /** What the receiver can do; absent where that depends on the case and the error brings it along. */
  readonly action?: ActionId;
}

type CheckedErrors<T extends Readonly<Record<string, ErrorText>>> = {
  readonly [Reason in keyof T]: CheckedText<T[Reason]>;
};

/** Entries of the catalogue of errors, as they are; the compiler checks them. */
export function errors<const T extends Readonly<Record<string, ErrorText>>>(entries: T & CheckedErrors<T>): T {
  return entries;
}
