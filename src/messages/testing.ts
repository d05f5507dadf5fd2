import { catalogue } from './catalogue/index.ts';
import { verbatim } from './message.ts';
import type { Param, Params, Text } from './text.ts';

/** Something for every placeholder of a template, by its kind; the words are marked with the placeholder's name. */
export function sampleParams(template: string): Params {
  const placeholders = [...template.matchAll(/\{(\w+)(?::(\w+))?\}/g)];
  return Object.fromEntries(placeholders.map(([, name = '', kind]) => [name, sampleOf(name, kind)]));
}

function sampleOf(name: string, kind: string | undefined): Param {
  const mark = `<${name}>`;
  if (kind === 'list') return [mark, mark];
  if (kind === 'message') return verbatim(mark);
  if (kind === 'messages') return [verbatim(mark), verbatim(mark)];
  return mark;
}

/** Every text of the catalogue with its id. */
export const allTexts: readonly (readonly [string, Text])[] = Object.entries(catalogue);
