import { message } from '../../messages/message.ts';
import { action } from '../../messages/action.ts';
import type { Message } from '../../messages/text.ts';
import { type DocumentType, list, map } from '../document-field.ts';
import { FieldProblem, type FieldType, type JsonSchema } from '../field.ts';
import { asOptionalMembers, record } from './values.ts';

/** An item of such lists. */
export interface ItemType<Item> {
  readonly schema: JsonSchema;
  readonly document: DocumentType;
  /** Plural of the items, for messages: `must be a list of <plural>`. */
  readonly plural: Message;
  /** Decodes an item of a save; `undefined` when it is not one. */
  draft(given: unknown): Item | undefined;
  /** Decodes an item of a file. @throws FieldProblem */
  decode(written: unknown, place: string): Item;
}

type Lists<Item> = Readonly<Record<string, readonly Item[]>>;
type Writable<Item> = Record<string, Item[]>;

/** Maximum number of names and items of such a map together: a file is limited in size. */
const MAXIMUM_ENTRIES = 1000;

/** A map of lists. */
export function listsByName<Item>(item: ItemType<Item>): FieldType<Lists<Item>, Lists<Item>, Lists<Item>> {
  const schema = { type: 'object', additionalProperties: { type: 'array', items: item.schema } };
  return {
    save: schema,
    reply: schema,
    document: map(list(item.document)),
    wanted: message('wanted.lists'),
    draft: (given, field) => draftLists(item, (given ?? {}) as Readonly<Record<string, readonly unknown[]>>, field),
    complete: (draft) => ({ value: draft }),
    decode: (written, place) => decodeLists(item, written, place),
    encode: (value) => value,
    show: (value) => value ?? {},
  };
}

function draftLists<Item>(
  item: ItemType<Item>,
  given: Readonly<Record<string, readonly unknown[]>>,
  field: string,
): ReturnType<FieldType<Lists<Item>>['draft']> {
  const entries = Object.values(given).reduce((sum, items) => sum + 1 + items.length, 0);
  if (entries > MAXIMUM_ENTRIES) {
    const said = message('ClusterInvalid.tooMany', { count: entries, maximum: MAXIMUM_ENTRIES });
    return { draft: {}, violations: [{ field, said, action: action('LeaveOutUnneeded') }] };
  }
  const read = Object.entries(given).map(([key, items]) => {
    const known = items.map((one) => item.draft(one)).filter((one) => one !== undefined);
    return { key, known, isWhole: known.length === items.length };
  });
  const said = message('ClusterInvalid.mustBeList', { items: item.plural });
  return {
    draft: record(read.map(({ key, known }) => [key, known])),
    violations: read
      .filter(({ isWhole }) => !isWhole)
      .map(({ key }) => ({ field: `${field}.${key}`, said, action: action('CorrectIt') })),
  };
}

function decodeLists<Item>(item: ItemType<Item>, written: unknown, place: string): Writable<Item> {
  const lists = Object.entries(asOptionalMembers(written, place)).map(([key, items]): [string, Item[]] => {
    if (!Array.isArray(items)) throw new FieldProblem(message('file.holdsLists', { place }));
    return [key, items.map((one) => item.decode(one, place))];
  });
  return record(lists.filter(([, items]) => items.length > 0));
}
