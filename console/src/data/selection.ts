/** Clusters that are chosen in the list. */
export interface Selection {
  readonly names: ReadonlySet<string>;
  /** Where a range begins. */
  readonly anchor: string | undefined;
  /** What was chosen before the range. */
  readonly base: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
export const NOTHING_SELECTED: Selection = { names: none, anchor: undefined, base: none };

/** With the name, or without it when it was chosen. A range can begin there. */
export function toggled(selection: Selection, name: string): Selection {
  const names = new Set(selection.names);
  if (!names.delete(name)) names.add(name);
  return { names, anchor: name, base: names };
}

/** With everything from where the range begins to the name, in the order of the list. */
export function extended(selection: Selection, name: string, order: readonly string[]): Selection {
  const end = order.indexOf(name);
  const start = selection.anchor === undefined ? -1 : order.indexOf(selection.anchor);
  if (end < 0) return selection;
  if (start < 0) return toggled({ ...selection, names: without(selection.names, name) }, name);
  const range = order.slice(Math.min(start, end), Math.max(start, end) + 1);
  return { ...selection, names: new Set([...selection.base, ...range]) };
}

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((each) => each !== name));
}

export function selectionOf(names: Iterable<string>): Selection {
  const all = new Set(names);
  return { names: all, anchor: undefined, base: all };
}
