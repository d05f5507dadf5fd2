import { perLanguage } from './formats.ts';

type RelativeStyle = 'short' | 'narrow';

const relative: Readonly<Record<RelativeStyle, () => Intl.RelativeTimeFormat>> = {
  short: perLanguage((tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' })),
  narrow: perLanguage((tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'narrow' })),
};
const exact = perLanguage(
  (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
);
const day = perLanguage((tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' }));
const clock = perLanguage((tag) => new Intl.DateTimeFormat(tag, { timeStyle: 'medium', hourCycle: 'h23' }));
const number = perLanguage((tag) => new Intl.NumberFormat(tag));

const UNITS = [
  { unit: 'year', seconds: 31_536_000 },
  { unit: 'month', seconds: 2_592_000 },
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3600 },
  { unit: 'minute', seconds: 60 },
] as const;

/** `3 min ago`, `in 12 days`; within a minute `now`. */
export function relativeTime(time: string, now: number, style: RelativeStyle = 'short'): string {
  const seconds = (Date.parse(time) - now) / 1000;
  if (Number.isNaN(seconds)) return '';
  const format = relative[style]();
  const found = UNITS.find((each) => Math.abs(seconds) >= each.seconds);
  return found === undefined
    ? format.format(0, 'second')
    : format.format(Math.trunc(seconds / found.seconds), found.unit);
}

/** Date and time in the zone of the browser. */
export function exactTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return exact().format(date);
}

export function dayOf(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return day().format(date);
}

export function clockTime(time: string | number): string {
  return clock().format(new Date(time));
}

/** `0.3 s`, `1:09`, `2:03:00`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.floor(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

export function count(value: number): string {
  return number().format(value);
}
