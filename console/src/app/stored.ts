/** Choices that stay in the browser. Where it keeps nothing, they stay for as long as the page. */
const PREFIX = 'nautes.';

const kept = new Map<string, string>();
const listeners = new Set<() => void>();

export function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? kept.get(key);
  } catch {
    return kept.get(key);
  }
}

export function store(key: string, value: string): void {
  kept.set(key, value);
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // it is kept for this page alone
  }
  for (const listener of listeners) listener();
}

/** Calls back when a choice changes, here or in another tab. @returns ends it */
export function onStored(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}
