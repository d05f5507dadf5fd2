import { languageTag } from '../app/language.ts';

const UNITS = [
  { unit: 'year', seconds: 31_536_000 },
  { unit: 'month', seconds: 2_592_000 },
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3600 },
  { unit: 'minute', seconds: 60 },
] as const;

/** `3 min ago`, `in 12 days`; within a minute `now`. */
export function relativeTime(time: string, now: number, style: 'short' | 'narrow' = 'short'): string {
  const seconds = (Date.parse(time) - now) / 1000;
  if (Number.isNaN(seconds)) return '';
  const format = new Intl.RelativeTimeFormat(languageTag(), { numeric: 'auto', style });
  const found = UNITS.find((each) => Math.abs(seconds) >= each.seconds);
  return found === undefined
    ? format.format(0, 'second')
    : format.format(Math.trunc(seconds / found.seconds), found.unit);
}

/** Date and time in the zone of the browser. */
export function exactTime(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return new Intl.DateTimeFormat(languageTag(), { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }).format(
    date,
  );
}

export function dayOf(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return new Intl.DateTimeFormat(languageTag(), { dateStyle: 'medium' }).format(date);
}

export function clockTime(time: string | number): string {
  return new Intl.DateTimeFormat(languageTag(), { timeStyle: 'medium', hourCycle: 'h23' }).format(new Date(time));
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
  return new Intl.NumberFormat(languageTag()).format(value);
}
