import type { Static, TSchema } from 'typebox';

/** The static type of a reply with that schema. */
export type Reply<S extends TSchema> = Frozen<Static<S>>;

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;
