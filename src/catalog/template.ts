import { message } from '../messages/message.ts';
import { CatalogProblem } from './problem.ts';

/**
 * Texts with facts: `${name}` is replaced by the fact's text, `$${` is a literal `${`.
 * A text that is only `${name|number}` becomes a number. In a list, an element with `${name|each}` becomes one
 * element for each of the fact's values, which are separated by commas.
 */

export const templateForms = ['text', 'number', 'each'] as const;
export type TemplateForm = (typeof templateForms)[number];

export interface TemplatePlaceholder {
  readonly fact: string;
  readonly form: TemplateForm;
}

/** A template as literal texts and placeholders in order. */
export type Template = readonly (string | TemplatePlaceholder)[];

/** How placeholders begin, and how that is written literally. */
const MARKS = { opening: '${', escape: '$${' };
const PART = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
const PLACEHOLDER = /^([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)(?:\|(number|each))?$/;

/** @throws CatalogProblem with the reason, to be shown with the path */
export function parseTemplate(text: string): Template {
  const parts: (string | TemplatePlaceholder)[] = [];
  let end = 0;
  const literal = (piece: string): void => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + piece;
    else if (piece !== '') parts.push(piece);
  };
  for (const match of text.matchAll(PART)) {
    literal(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[0] === '$${') literal('${');
    else parts.push(parsePlaceholder(match[1]));
  }
  literal(text.slice(end));
  const isAlone = parts.length === 1;
  const number = parts.find((part) => typeof part !== 'string' && part.form === 'number');
  if (number !== undefined && !isAlone) throw new CatalogProblem(message('Template.number'));
  if (parts.filter((part) => typeof part !== 'string' && part.form === 'each').length > 1) {
    throw new CatalogProblem(message('Template.eachTwice'));
  }
  return parts;
}

function parsePlaceholder(content: string | undefined): TemplatePlaceholder {
  if (content === undefined) throw new CatalogProblem(message('Template.open', { ...MARKS, closing: '}' }));
  const [, fact, form] = PLACEHOLDER.exec(content) ?? [];
  if (fact === undefined) {
    throw new CatalogProblem(message('Template.notPlaceholder', { ...MARKS, text: `\${${content}}` }));
  }
  return { fact, form: form === 'number' || form === 'each' ? form : 'text' };
}

/** A placeholder in a value, with its path. */
export interface FoundPlaceholder extends TemplatePlaceholder {
  readonly path: string;
}

/**
 * All placeholders in the strings of a value; keys are ignored.
 * @throws CatalogProblem naming the path of an invalid template, or of `|each` outside a list
 */
export function placeholdersIn(value: unknown, path = ''): FoundPlaceholder[] {
  if (typeof value === 'string') return placeholdersOfText(value, path);
  if (Array.isArray(value)) return value.flatMap((item, index) => placeholdersIn(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => placeholdersIn(member, path === '' ? key : `${path}.${key}`));
}

function placeholdersOfText(text: string, path: string): FoundPlaceholder[] {
  let template: Template;
  try {
    template = parseTemplate(text);
  } catch (error) {
    if (!(error instanceof CatalogProblem)) throw error;
    throw new CatalogProblem(message('About.name', { name: path, what: error.said }), { cause: error });
  }
  const found = template.filter((part) => typeof part !== 'string');
  if (found.some(({ form }) => form === 'each') && !path.endsWith(']')) {
    throw new CatalogProblem(message('About.name', { name: path, what: message('Template.each') }));
  }
  return found.map((placeholder) => ({ ...placeholder, path }));
}
