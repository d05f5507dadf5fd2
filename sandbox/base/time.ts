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

/** A flat copy: a concatenated string keeps its parts in memory. */
export function flatString(value: string): string {
  return Buffer.from(value).toString();
}
