/** Fields that have a place of their own in a plain line. */
const PLACED = new Set(['level', 'time', 'msg', 'cluster', 'subject', 'reason', 'error', 'commit']);
const SHORT_COMMIT = 10;

/** A log record as people read it: time, level, what it is about, what happened, then the other fields. */
export function plainLine(record: Readonly<Record<string, unknown>>): string {
  const text = (name: string): string => (typeof record[name] === 'string' ? record[name] : '');
  const about = [text('cluster'), text('subject'), text('reason')].filter((part) => part !== '').join(' ');
  const what = about === '' ? text('msg') : `${about}: ${text('msg')}`;
  const commit = text('commit').slice(0, SHORT_COMMIT);
  const others = Object.entries({ ...withoutPlaced(record), ...(commit === '' ? {} : { commit }) });
  const fields = others.map(([name, value]) => `${name}=${fieldText(value)}`).join(' ');
  const line = `${text('time').slice(0, 19)}Z ${text('level').padEnd(5)} ${what}${fields === '' ? '' : `  ${fields}`}`;
  return `${[line, ...errorLines(record['error'])].map(printable).join('\n')}\n`;
}

function withoutPlaced(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !PLACED.has(name)));
}

function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

function errorLines(error: unknown): string[] {
  if (error === undefined || error === null) return [];
  const { stack } = error as { readonly stack?: unknown };
  return (typeof stack === 'string' ? stack : JSON.stringify(error)).split('\n').map((line) => `  ${line}`);
}

/** A JSON line in which those characters are escaped that JSON lets through: the same values, safe to look at. */
export function safeJsonLine(line: string): string {
  return line.replace(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu, escaped);
}

/** Without characters that a terminal would act upon. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, escaped);
}

/** By the UTF-16 units of JSON. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
