import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import type { Fields } from '../../resources/field.ts';
import { type Resource, type ResourceKind, shownFields, type SpecOf, wirePath } from '../../resources/kind.ts';
import { codecError } from '../decode/codec-error.ts';

type Filter<R> = (resource: R, value: string) => boolean;

/** A resource, or the name of one of which nothing else is known. */
export type Selectable<R extends Resource> = R | Pick<R, 'name'>;

/** By what lists of the kind can be filtered: a part of the name, and the fields that say so. */
function filtersOf<F extends Fields>({
  singular,
  fields,
}: ResourceKind<F>): ReadonlyMap<string, Filter<Selectable<Resource<SpecOf<F>>>>> {
  const filters = new Map<string, Filter<Selectable<Resource<SpecOf<F>>>>>();
  filters.set(`${singular}_name`, ({ name }, value) => name.includes(value));
  for (const [name, field] of shownFields(fields)) {
    const { filter, type } = field;
    if (filter === undefined) continue;
    filters.set(wirePath(name, field).join('.'), (resource, wanted) => {
      if (!('spec' in resource)) return false; // what is not known is not what was asked for
      const shown = String(type.show((resource.spec as Readonly<Record<string, unknown>>)[name]));
      return filter === 'part' ? shown.includes(wanted) : shown === wanted;
    });
  }
  return filters;
}

/** Field, then the first run of characters that are in no name, then the value. Not two runs of blanks in a row: slow. */
const TERM = /^([.\w]*)\s*([^.\w\s]+)([^]*)$/;

/**
 * Compiles `field=value,field=value`: a resource has to match all. Names match as substrings, most others as a whole.
 * @throws Codec for another field or operator, with the original's message
 */
export function compileFieldSelector<F extends Fields>(
  kind: ResourceKind<F>,
  selector: string,
): (resource: Selectable<Resource<SpecOf<F>>>) => boolean {
  if (selector === '') return () => true;
  const filters = filtersOf(kind);
  const predicates = selector.split(',').map((term) => compileTerm(filters, term));
  return (resource) => predicates.every((matches) => matches(resource));
}

function compileTerm<R>(filters: ReadonlyMap<string, Filter<R>>, term: string): (resource: R) => boolean {
  const [, field = term, operator = '', value = ''] = TERM.exec(term.trimStart()) ?? [];
  const matches = filters.get(field);
  if (matches === undefined || operator !== '=') {
    throw codecError(message('Codec.selector', { field, operator }), {
      action: action('FilterByFields', { fields: [...filters.keys()] }),
    });
  }
  const wanted = value.trim();
  return (resource) => matches(resource, wanted);
}
