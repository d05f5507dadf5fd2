import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A constant of the sources whose name begins with `MAXIMUM_` or `MAX_`. */
export interface Limit {
  readonly name: string;
  /** Below the checkout. */
  readonly file: string;
  /** What its comment says; empty when it has none. */
  readonly meaning: string;
  /** With its unit. */
  readonly value: string;
}

const DECLARATION =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?(?:export )?const (MAX(?:IMUM)?_[A-Z0-9_]+)(?:: [\w<>]+)? =\s([^;]+);/g;
const NUMBER = /^(?:export )?const ([A-Z][A-Z0-9_]*) =\s([^;]+);/gm;

/** All limits of `src`, by file and in its order. */
export async function limitsOfSources(): Promise<readonly Limit[]> {
  const files: string[] = [];
  for await (const file of glob('src/**/*.ts', { cwd: root })) files.push(file);
  const texts = new Map<string, string>();
  for (const file of files.sort()) if (isOfProduct(file)) texts.set(file, await readFile(join(root, file), 'utf8'));
  const shared = new Map([...texts.values()].flatMap((text) => [...numbersOf(text)]));
  return [...texts].flatMap(([file, text]) => limitsOf(file, text, new Map([...shared, ...numbersOf(text)])));
}

function isOfProduct(file: string): boolean {
  return !/\.(test|contract)\.ts$|\/testing\//.test(file);
}

function limitsOf(file: string, text: string, numbers: ReadonlyMap<string, string>): Limit[] {
  return [...text.matchAll(DECLARATION)].map(([, comment = '', name = '', expression = '']) => {
    const number = evaluate(expression, numbers);
    return {
      name,
      file,
      meaning: plain(comment),
      value: number === undefined ? plain(expression) : shown(name, number),
    };
  });
}

function numbersOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(NUMBER)].map(([, name = '', expression = '']) => [name, expression]));
}

/** Products and sums of numbers and of other constants. */
function evaluate(expression: string, numbers: ReadonlyMap<string, string>, depth = 0): number | undefined {
  if (depth > 5) return undefined;
  let sum = 0;
  for (const term of expression.split('+')) {
    let product = 1;
    for (const factor of term.split('*')) {
      const text = factor.trim().replaceAll('_', '');
      const named = numbers.get(factor.trim());
      const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : named && evaluate(named, numbers, depth + 1);
      if (typeof value !== 'number') return undefined;
      product *= value;
    }
    sum += product;
  }
  return sum;
}

function shown(name: string, number: number): string {
  if (name.endsWith('BYTES'))
    return inUnits(
      number,
      [
        [2 ** 30, 'GiB'],
        [2 ** 20, 'MiB'],
        [2 ** 10, 'KiB'],
      ],
      'bytes',
    );
  if (name.endsWith('MILLISECONDS'))
    return inUnits(
      number,
      [
        [3_600_000, 'h'],
        [60_000, 'min'],
        [1_000, 's'],
      ],
      'ms',
    );
  if (name.endsWith('SECONDS'))
    return inUnits(
      number,
      [
        [86_400, 'd'],
        [3_600, 'h'],
        [60, 'min'],
      ],
      's',
    );
  return number.toLocaleString('en-US');
}

function inUnits(number: number, units: readonly (readonly [size: number, unit: string])[], smallest: string): string {
  const [size, unit] = units.find(([each]) => number >= each && number % each === 0) ?? [1, smallest];
  return `${(number / size).toLocaleString('en-US')} ${unit}`;
}

/** One line, without the marks of a comment. */
function plain(text: string): string {
  return text
    .replace(/^\s*\*\s?/gm, ' ')
    .replace(/\{@link (?:[\w.]+\.)?(\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}
