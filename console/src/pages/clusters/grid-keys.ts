/** What a key does in the list. */
export type GridKey =
  | { readonly kind: 'move'; readonly to: number; readonly isRange: boolean }
  | { readonly kind: 'toggle' | 'all' | 'none' };

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Rows that Page Up and Page Down pass. */
const PAGE = 10;

/** @param from the row that the keys are about, of so many */
export function gridKey(press: KeyPress, from: number, length: number): GridKey | undefined {
  const { key, altKey } = press;
  const isCommand = press.ctrlKey || press.metaKey;
  if (altKey) return undefined;
  if (isCommand) return key.toLowerCase() === 'a' ? { kind: 'all' } : undefined;
  if (key === 'x' || key === ' ') return { kind: 'toggle' };
  if (key === 'Escape') return { kind: 'none' };
  const to = destination(key, from, length);
  if (to === undefined) return undefined;
  return { kind: 'move', to: Math.max(0, Math.min(length - 1, to)), isRange: press.shiftKey };
}

function destination(key: string, from: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
    case 'J':
      return from + 1;
    case 'ArrowUp':
    case 'k':
    case 'K':
      return from - 1;
    case 'PageDown':
      return from + PAGE;
    case 'PageUp':
      return from - PAGE;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}
