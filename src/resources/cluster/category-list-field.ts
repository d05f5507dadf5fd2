import { message } from '../../messages/message.ts';
import { action } from '../../messages/action.ts';
import { list, snakeCase, text as documentText } from '../document-field.ts';
import { type FieldType, mustBe } from '../field.ts';
import { asOptionalText } from '../fields/values.ts';
import { componentCategories, type ComponentCategory } from './components.ts';

/** Categories that a save names; `undefined`: it says nothing of them. */
export type CategoriesDraft = readonly ComponentCategory[] | undefined;

const names = componentCategories.map(snakeCase);
const wanted = message('wanted.categories', { names });

/** The category of that name, as it is on the wire or in files. */
export function categoryNamed(name: string): ComponentCategory | undefined {
  return componentCategories.find((category) => category === name || snakeCase(category) === name);
}

/** In the order of the categories, each once. */
export function inCategoryOrder(categories: Iterable<ComponentCategory>): readonly ComponentCategory[] {
  const given = new Set(categories);
  return componentCategories.filter((category) => given.has(category));
}

/** A list of categories of components: on the wire under their names there, in one annotation of the file. */
export const categoryListField: FieldType<
  readonly ComponentCategory[],
  CategoriesDraft,
  readonly string[] | undefined
> = {
  save: { type: 'array', items: { type: 'string' } },
  reply: { type: 'array', items: { type: 'string' } },
  document: list(documentText),
  wanted,
  draft: (given, field) => {
    if (!Array.isArray(given)) return { draft: undefined, violations: [] };
    const unknown = given.filter((name) => typeof name !== 'string' || categoryNamed(name) === undefined);
    const said = message('ClusterInvalid.mustBe', { wanted });
    return {
      draft: inCategoryOrder(given.flatMap((name) => (typeof name === 'string' ? (categoryNamed(name) ?? []) : []))),
      violations: unknown.length === 0 ? [] : [{ field, said, action: action('CorrectIt') }],
    };
  },
  complete: (draft) => ({ value: draft === undefined || draft.length === 0 ? undefined : draft }),
  decode: (written, place) => {
    const text = asOptionalText(written, place);
    if (text === undefined) return undefined;
    const categories = text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((name) => {
        const category = categoryNamed(name);
        if (category === undefined) throw mustBe(place, wanted);
        return category;
      });
    return categories.length === 0 ? undefined : inCategoryOrder(categories);
  },
  encode: (categories) => categories.join(','),
  show: (categories) => categories?.map(snakeCase),
};
