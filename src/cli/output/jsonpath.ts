import { NautesError } from '../../errors/errors.ts';
import { parsePath } from './jsonpath-path.ts';
import { evaluate, type Step } from './jsonpath-steps.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** A part of a template: text as it is, a path that is looked up, or what is repeated for each of a path's values. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly parts: readonly Part[] };

/** A template of kubectl's JSONPath: fields, indexes, slices, `[*]`, `..`, filters, `range` and `end`. */
export interface JsonPathTemplate {
  /** @param shown applied to each value that a path leads to, not to the text of the template */
  readonly render: (value: unknown, shown?: (text: string) => string) => string;
}

const EXAMPLE = `'{range .items[*]}{.name}{"\\n"}{end}'`;

/** @throws NautesError `JsonPathInvalid` */
export function parseJsonPath(template: string): JsonPathTemplate {
  const refuse = (problem: Message): never => {
    throw new NautesError('JsonPathInvalid', { template, problem, example: EXAMPLE });
  };
  // kubectl takes a path without braces as well.
  const text = template.includes('{') ? template : `{${template.startsWith('.') ? '' : '.'}${template}}`;
  const tokens = tokensOf(text, refuse);
  const { parts, rest } = partsOf(tokens, 0, false, refuse);
  if (rest < tokens.length) refuse(message('JsonPath.endWithoutRange'));
  return { render: (value, shown = asItIs) => renderParts(parts, value, value, shown) };
}

type Token = { readonly kind: 'text' | 'expression'; readonly text: string };
type Refuse = (problem: Message) => never;

function tokensOf(template: string, refuse: Refuse): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open < 0) {
      tokens.push({ kind: 'text', text: template.slice(at) });
      break;
    }
    if (open > at) tokens.push({ kind: 'text', text: template.slice(at, open) });
    const close = endOfExpression(template, open + 1);
    if (close < 0) return refuse(message('JsonPath.braceOpen'));
    tokens.push({ kind: 'expression', text: template.slice(open + 1, close).trim() });
    at = close + 1;
  }
  return tokens;
}

/** Where the brace is closed; braces within quotes do not count. */
function endOfExpression(template: string, from: number): number {
  let quote = '';
  for (let at = from; at < template.length; at += 1) {
    const character = template.charAt(at);
    if (character === '\\' && quote !== '') at += 1;
    else if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '}') return at;
  }
  return -1;
}

function partsOf(
  tokens: readonly Token[],
  from: number,
  isInRange: boolean,
  refuse: Refuse,
): { readonly parts: readonly Part[]; readonly rest: number } {
  const parts: Part[] = [];
  let at = from;
  while (at < tokens.length) {
    const token = tokens[at] as Token;
    at += 1;
    if (token.kind === 'text') parts.push({ kind: 'text', text: token.text });
    else if (token.text === 'end') {
      if (isInRange) return { parts, rest: at };
      return refuse(message('JsonPath.endWithoutRange'));
    } else if (/^range\s/.test(token.text)) {
      const steps = parsePath(token.text.slice('range'.length).trim(), refuse);
      const inner = partsOf(tokens, at, true, refuse);
      parts.push({ kind: 'range', steps, parts: inner.parts });
      at = inner.rest;
    } else parts.push(expression(token.text, refuse));
  }
  if (isInRange) refuse(message('JsonPath.rangeWithoutEnd'));
  return { parts, rest: at };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function expression(text: string, refuse: Refuse): Part {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted === null) return { kind: 'path', steps: parsePath(text, refuse) };
  const content = quoted[2] ?? '';
  return { kind: 'text', text: content.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped) };
}

const asItIs = (text: string): string => text;

function renderParts(parts: readonly Part[], root: unknown, current: unknown, shown: (text: string) => string): string {
  const rendered = parts.map((part) => {
    if (part.kind === 'text') return part.text;
    const values = evaluate(part.steps, root, current);
    if (part.kind === 'path') return values.map((value) => shown(printed(value))).join(' ');
    return values.map((value) => renderParts(part.parts, root, value, shown)).join('');
  });
  return rendered.join('');
}

function printed(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
