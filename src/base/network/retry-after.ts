/** Used when the header is absent or not valid. */
const DEFAULT_MILLISECONDS = 30_000;
/** The shortest and the longest delay that a peer can ask for. */
export const MINIMUM_DELAY_MILLISECONDS = 1000;
export const MAXIMUM_DELAY_MILLISECONDS = 15 * 60_000;

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), as milliseconds within bounds. */
export function retryAfter(header: string | undefined, now = Date.now()): number {
  return givenDelay(header, now) ?? DEFAULT_MILLISECONDS;
}

/** As {@link retryAfter}, and `undefined` when the peer gave none that is valid. */
export function givenDelay(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(milliseconds) ? boundedDelay(milliseconds) : undefined;
}

/** Every delay that a peer asks for goes through here: neither at once for ever, nor never. In milliseconds. */
export function boundedDelay(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, MINIMUM_DELAY_MILLISECONDS), MAXIMUM_DELAY_MILLISECONDS);
}
