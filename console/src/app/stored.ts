/** Choices that stay in the browser. A browser that keeps nothing loses them at the end of the page. */
const PREFIX = 'nautes.';

export function stored(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function store(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // it is kept for this page alone
  }
}
