import { evaluate, type Step } from './jsonpath-steps.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

type Refuse = (problem: Message) => never;

/** A field's name; a dot in it is written `\.`, as kubectl has it. */
const NAME = /^(?:\\.|[^\\.[\]\s'"{}()])+/;

/** The steps of a path such as `.status.conditions[?(@.type=="Ready")].message`. */
export function parsePath(path: string, refuse: Refuse): readonly Step[] {
  const steps: Step[] = [];
  let rest = path;
  if (rest.startsWith('$')) {
    steps.push({ kind: 'root' });
    rest = rest.slice(1);
  } else if (rest.startsWith('@')) rest = rest.slice(1);
  while (rest !== '') {
    if (rest.startsWith('[')) {
      const { inside, after } = bracket(rest, refuse);
      steps.push(bracketStep(inside, refuse));
      rest = after;
      continue;
    }
    if (rest.startsWith('..')) {
      steps.push({ kind: 'deep' });
      rest = rest.slice(rest.charAt(2) === '[' ? 2 : 1);
      continue;
    }
    if (!rest.startsWith('.')) return refuse(message('JsonPath.noPath', { text: rest }));
    rest = rest.slice(1);
    if (rest === '' || rest.startsWith('[')) continue;
    if (rest.startsWith('*')) {
      steps.push({ kind: 'all' });
      rest = rest.slice(1);
      continue;
    }
    const name = NAME.exec(rest)?.[0];
    if (name === undefined) return refuse(message('JsonPath.noField', { text: rest }));
    steps.push({ kind: 'field', name: name.replace(/\\(.)/g, '$1') });
    rest = rest.slice(name.length);
  }
  return steps;
}

/** What stands in the brackets at the beginning, and what follows them. */
function bracket(text: string, refuse: Refuse): { readonly inside: string; readonly after: string } {
  let [depth, quote] = [0, ''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '[') depth += 1;
    else if (character === ']') {
      depth -= 1;
      if (depth === 0) return { inside: text.slice(1, at).trim(), after: text.slice(at + 1) };
    }
  }
  return refuse(message('JsonPath.bracketOpen'));
}

function bracketStep(inside: string, refuse: Refuse): Step {
  if (inside === '*') return { kind: 'all' };
  const filter = /^\?\s*\((.*)\)$/s.exec(inside);
  if (filter !== null) return filterStep(filter[1] ?? '', refuse);
  const parts = inside.split(',').map((part) => part.trim());
  const steps = parts.map((part) => simpleStep(part, refuse));
  return steps.length === 1 ? (steps[0] as Step) : { kind: 'union', steps };
}

function simpleStep(part: string, refuse: Refuse): Step {
  const quoted = /^(["'])(.*)\1$/s.exec(part);
  if (quoted !== null) return { kind: 'field', name: quoted[2] ?? '' };
  const slice = /^(-?\d*)(?::(-?\d*))?(?::(\d*))?$/.exec(part);
  if (slice === null || part === '') return refuse(message('JsonPath.noIndex', { text: part }));
  const [, from = '', to, step] = slice;
  if (to === undefined) {
    const index = Number(from);
    return { kind: 'slice', from: index, ...(index === -1 ? {} : { to: index + 1 }), step: 1 };
  }
  return {
    kind: 'slice',
    ...(from === '' ? {} : { from: Number(from) }),
    ...(to === '' ? {} : { to: Number(to) }),
    step: step === undefined || step === '' ? 1 : Math.max(1, Number(step)),
  };
}

type Comparison = (left: unknown, right: unknown) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': (left, right) => left === right || String(left) === String(right),
  '!=': (left, right) => left !== right && String(left) !== String(right),
  '<=': (left, right) => ordered(left, right, (order) => order <= 0),
  '>=': (left, right) => ordered(left, right, (order) => order >= 0),
  '<': (left, right) => ordered(left, right, (order) => order < 0),
  '>': (left, right) => ordered(left, right, (order) => order > 0),
};

function ordered(left: unknown, right: unknown, test: (order: number) => boolean): boolean {
  if (typeof left === 'number' && typeof right === 'number') return test(left - right);
  return typeof left === 'string' && typeof right === 'string' && test(left < right ? -1 : left > right ? 1 : 0);
}

function filterStep(text: string, refuse: Refuse): Step {
  const found = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/s.exec(text);
  if (found === null) {
    const steps = parsePath(text.trim(), refuse);
    return { kind: 'filter', matches: (root, item) => evaluate(steps, root, item).length > 0 };
  }
  const [, left = '', operator = '', right = ''] = found;
  const [one, other] = [operand(left.trim(), refuse), operand(right.trim(), refuse)];
  const compare = COMPARISONS[operator] as Comparison;
  return {
    kind: 'filter',
    matches: (root, item) => {
      const [a, b] = [one(root, item), other(root, item)];
      return a.length > 0 && b.length > 0 && compare(a[0], b[0]);
    },
  };
}

function operand(text: string, refuse: Refuse): (root: unknown, item: unknown) => readonly unknown[] {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted !== null) return () => [quoted[2] ?? ''];
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => [Number(text)];
  if (text === 'true' || text === 'false') return () => [text === 'true'];
  const steps = parsePath(text, refuse);
  return (root, item) => evaluate(steps, root, item);
}
