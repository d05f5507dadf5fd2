import type { Message, Param, Params } from './text.ts';

/** What stands between the entries of a list, and between messages that stand in one. */
export interface Separators {
  readonly list: string;
  readonly messages: string;
}

interface Piece {
  /** The words before the placeholder. */
  readonly before: string;
  /** Absent at the end of the template. */
  readonly placeholder?: string;
}

const PLACEHOLDER = /\{(\w+)(?::\w+)?\}/g;
const known = new Map<string, readonly Piece[]>();

function piecesOf(template: string): readonly Piece[] {
  const found = known.get(template);
  if (found !== undefined) return found;
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    pieces.push({ before: template.slice(end, match.index), placeholder: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  pieces.push({ before: template.slice(end) });
  known.set(template, pieces);
  return pieces;
}

/** Those of the details that the templates have a placeholder for. */
export function mentioned(templates: readonly string[], details: Params): Params {
  const names = new Set(templates.flatMap(piecesOf).map(({ placeholder }) => placeholder));
  return Object.fromEntries(Object.entries(details).filter(([name]) => names.has(name)));
}

/** The template with its placeholders filled; one that has no param is left as its bare name. */
export function fill(template: string, params: Params, separators: Separators, say: (m: Message) => string): string {
  return piecesOf(template)
    .map(({ before, placeholder }) => {
      if (placeholder === undefined) return before;
      return before + shown(params[placeholder] ?? placeholder, separators, say);
    })
    .join('');
}

function shown(param: Param, separators: Separators, say: (m: Message) => string): string {
  if (typeof param === 'string' || typeof param === 'number') return String(param);
  if ('id' in param) return say(param);
  const isMessages = param.some((entry) => typeof entry !== 'string');
  const entries = param.map((entry) => (typeof entry === 'string' ? entry : say(entry)));
  return entries.join(isMessages ? separators.messages : separators.list);
}
