import type { Command } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { printerFor, requireForm } from '../../output/print-objects.ts';
import { formatTable } from '../../output/table.ts';

/** The forms of `-o` that a reply has which is no list of named objects. */
export const REPLY_FORMS = ['json', 'yaml', 'jsonpath=…'] as const;

/** Pages of a list that are read at most. */
export const MAXIMUM_PAGES = 200;

export interface Reading<Reply> {
  /** What the reply is, for messages about its form. */
  readonly kind: string;
  readonly read: (client: NautesClient, signal: AbortSignal) => Promise<Reply>;
  /** Prints it for people. */
  readonly show: (reply: Reply) => void;
}

/** Reads something from the server and prints it: for people, or whole in the form that was asked for. */
export function runReading<Reply>(
  invocation: Invocation,
  command: Command,
  output: string | undefined,
  { kind, read, show }: Reading<Reply>,
): Promise<void> {
  return withClient(invocation, command, async (client, signal) => {
    const { terminal } = invocation;
    const print = requireForm(output, (form) => (form === 'name' ? undefined : printerFor(form, { name: kind })));
    const reply = await read(client, signal);
    if (print === undefined) show(reply);
    else terminal.data(print([reply], true, terminal.value));
  });
}

/** Prints rows under their heads, on a terminal no wider than it is. */
export function printRows(
  { terminal }: Invocation,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  terminal.print(formatTable([heads, ...rows], { width: terminal.dataColumns }));
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly continue?: string;
}

/** The items of all pages, of a very long list those of the first {@link MAXIMUM_PAGES}. */
export async function allPages<Item>(read: (next: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let next = '';
  for (let pages = 0; pages < MAXIMUM_PAGES; pages += 1) {
    const page = await read(next);
    items.push(...page.items);
    if (page.continue === undefined || page.continue === '' || page.continue === next) break;
    next = page.continue;
  }
  return items;
}

/** A time without fractions of a second. */
export function wholeSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}

export function objectName({
  kind,
  namespace,
  name,
}: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
