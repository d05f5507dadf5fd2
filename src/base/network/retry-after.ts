/** Used when the header is absent or not valid. */
const DEFAULT_MILLISECONDS = 30_000;
const MINIMUM_MILLISECONDS = 1000;
const MAXIMUM_MILLISECONDS = 15 * 60_000;

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), as milliseconds within bounds. */
export function retryAfter(header: string | undefined, now = Date.now()): number {
  const text = header?.trim() ?? '';
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (!Number.isFinite(milliseconds)) return DEFAULT_MILLISECONDS;
  return Math.min(Math.max(milliseconds, MINIMUM_MILLISECONDS), MAXIMUM_MILLISECONDS);
}
