import { type RefObject, useEffect, useRef, useState } from 'react';

/**
 * A value that changes often, at most every so many milliseconds.
 * @param heldUntil not before that time, in milliseconds since 1970
 */
export function useThrottled<T>(value: T, milliseconds: number, heldUntil?: RefObject<number>): T {
  const [shown, setShown] = useState(value);
  const changed = useRef(0);
  useEffect(() => {
    if (value === shown) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      const wait = Math.max(changed.current + milliseconds, heldUntil?.current ?? 0) - Date.now();
      if (wait > 0) {
        timer = setTimeout(show, wait);
        return;
      }
      changed.current = Date.now();
      setShown(value);
    };
    show();
    return () => clearTimeout(timer);
  }, [value, shown, milliseconds, heldUntil]);
  return shown;
}
