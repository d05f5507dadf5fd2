import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `1d12h` from now, or a time such as `2026-12-01T08:00` (local) or `…Z`; as RFC 3339. */
export function readEnd(text: string, now: number): string | undefined {
  const parts = [...text.matchAll(/(\d{1,6})([mhd])/g)];
  const isDuration = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const end = isDuration
    ? now + parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
    : /^\d{4}-\d\d-\d\dT/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  return Number.isNaN(end) ? undefined : `${new Date(end).toISOString().slice(0, 19)}Z`;
}

/** The parser of an option that takes such an end. */
export function endParser(problem: string): (text: string) => string {
  return (text) => {
    const end = readEnd(text, Date.now());
    if (end === undefined) throw new InvalidArgumentError(problem);
    return end;
  };
}
