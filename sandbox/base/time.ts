import { timestamp } from '../../src/base/clock.ts';

let second = -1;
let text = '';

/** The time now as Kubernetes writes it. All objects of one second share the string. */
export function currentTimestamp(): string {
  const now = Date.now();
  const current = Math.floor(now / 1000);
  if (current === second) return text;
  second = current;
  text = flatString(timestamp(now));
  return text;
}

/** A copy in one piece: a string put together from parts keeps them all in memory. */
export function flatString(value: string): string {
  return Buffer.from(value).toString();
}
