import { generalActions } from './general-actions.ts';

/** Everything that people can be told to do, by its id. */
export const actions = {
  ...generalActions,
} as const;
