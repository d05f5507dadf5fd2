import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { destinations } from './destinations.ts';
import { isLoose, isModalOpen } from './loose-keys.ts';

export interface ShellKeys {
  readonly onPalette: () => void;
  readonly onHelp: () => void;
}

/**
 * The keys of every page: Ctrl or ⌘ K, `/`, `?`, and `g` with the letter of a page.
 * @returns whether `g` was pressed and a letter is waited for; any other key and the pointer end that
 */
export function useShellKeys({ onPalette, onHelp }: ShellKeys): boolean {
  const navigate = useNavigate();
  const [isGoing, setGoing] = useState(false);
  const hear = useEffectEvent((event: KeyboardEvent): void => {
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    if (isPaletteKey(event)) {
      event.preventDefault();
      onPalette();
      return;
    }
    if (!isLoose(event)) return setGoing(false);
    const page = isGoing ? destinations.find(({ key }) => key === event.key) : undefined;
    if (page !== undefined) void navigate({ to: page.to });
    else if (event.key === '?') onHelp();
    else if (event.key === '/') focusSearch(onPalette);
    else return setGoing(event.key === 'g' && !isGoing);
    event.preventDefault();
    setGoing(false);
  });
  useEffect(() => {
    const end = new AbortController();
    const { signal } = end;
    document.addEventListener('keydown', (event) => hear(event), { signal });
    document.addEventListener('pointerdown', () => setGoing(false), { signal });
    return () => end.abort();
  }, []);
  return isGoing;
}

function isPaletteKey(event: KeyboardEvent): boolean {
  const isKey = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
  return isKey && !event.shiftKey && !event.altKey && !isModalOpen();
}

/** The search of the page, or else that of everything. */
function focusSearch(orElse: () => void): void {
  const field = document.querySelector<HTMLInputElement>('[data-page-search]');
  if (field === null) return orElse();
  field.focus();
  field.select();
}
