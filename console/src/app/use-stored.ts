import { useCallback, useSyncExternalStore } from 'react';
import { onStored, store, stored } from './stored.ts';

/** A choice that stays in the browser, as it is now in any of its tabs. */
export function useStored(key: string): readonly [string | undefined, (value: string) => void] {
  const value = useSyncExternalStore(onStored, () => stored(key));
  return [value, useCallback((next: string) => store(key, next), [key])];
}
