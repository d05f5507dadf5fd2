/** A store of its own for one test. */
export interface StoreFixture<Store> {
  readonly store: Store;
  readonly cleanUp: () => Promise<void>;
}

export type WithStore<Store> = (test: (store: Store) => Promise<void>) => Promise<void>;

/** Runs a test with a store that is removed after it. */
export function withStoreOf<Store>(create: () => Promise<StoreFixture<Store>>): WithStore<Store> {
  return async (test) => {
    const { store, cleanUp } = await create();
    try {
      await test(store);
    } finally {
      await cleanUp();
    }
  };
}
