/** A text with places, in one language and in another. */
export type Phrase = readonly [from: string, to: string];

const PLACE = /\{(\w+)(?::\w+)?\}/g;
/** Places where only a number fits. */
const NUMBERS = new Set(['ready', 'total', 'count', 'gone', 'removed', 'left', 'number', 'seconds']);
/** Texts that were put into other words are asked for again and again while something is shown. */
const REMEMBERED = 2_000;

interface Pattern {
  readonly expression: RegExp;
  readonly to: string;
  /** Letters of the template that are no places: the more, the surer the match. */
  readonly weight: number;
}

/**
 * Puts texts that a template made into the words of another language: the template is recognised in the text, and what
 * stands in its places is carried over. A text of no known template stays as it is.
 */
export class Phrasebook {
  readonly #phrases: readonly Phrase[];
  /** Made when they are needed first: most calls need none. */
  #made: readonly Pattern[] | undefined;
  readonly #known = new Map<string, string>();

  constructor(phrases: readonly Phrase[]) {
    this.#phrases = phrases;
  }

  get #patterns(): readonly Pattern[] {
    this.#made ??= this.#phrases
      .filter(([from]) => from.replace(PLACE, '').trim().length > 2) // nothing but a place would fit everything
      .map(patternOf)
      .sort((left, right) => right.weight - left.weight);
    return this.#made;
  }

  /** @param place puts what stands in a place into other words in its turn */
  translate(text: string, place: (value: string) => string = (value) => value): string {
    if (text === '') return '';
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const translated = this.#find(text, place) ?? text;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(text, translated);
    return translated;
  }

  #find(text: string, place: (value: string) => string): string | undefined {
    for (const { expression, to } of this.#patterns) {
      const groups = expression.exec(text)?.groups;
      if (groups !== undefined) return to.replace(PLACE, (whole, name: string) => place(groups[name] ?? whole));
      if (expression.test(text)) return to;
    }
    return undefined;
  }
}

function patternOf([from, to]: Phrase): Pattern {
  const seen = new Set<string>();
  const source = from
    .split(PLACE)
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (seen.has(part)) return `\\k<${part}>`;
      seen.add(part);
      return NUMBERS.has(part) ? `(?<${part}>\\d+)` : `(?<${part}>.*?)`;
    })
    .join('');
  return { expression: new RegExp(`^${source}$`, 's'), to, weight: from.replace(PLACE, '').length };
}
