import type { NautesClient } from '../../client/index.ts';
import type { SavedView } from '../../contract/views.ts';
import { reference, type SpecDocument } from '../documents/document.ts';
import { type CheckFlags, pathOf, saveQuery } from '../documents/operation.ts';
import { type Invocation, warning } from '../invocation/invocation.ts';
import type { AccountWatch } from '../kubeconfig/account-use.ts';
import { withoutSecrets } from '../documents/redacted.ts';
import type { OutcomePrinter } from './outcome.ts';

/** One document to save. */
export interface SendWork {
  readonly document: SpecDocument;
  readonly print: OutcomePrinter | undefined;
  readonly watch: AccountWatch;
  /** Conditions of the save. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Shows a document that a dry run on the client does not send. */
export function printUnsent(
  { terminal, texts }: Invocation,
  document: SpecDocument,
  print: OutcomePrinter | undefined,
): void {
  if (print === undefined) terminal.print(`${reference(document)} ${texts.output.wouldBeSent}`);
  else print(document, withoutSecrets(document.body));
}

/** Saves one document and prints the outcome. */
export async function saveDocument(
  invocation: Invocation,
  client: NautesClient,
  { document, print, watch, headers = {} }: SendWork,
  flags: CheckFlags,
  signal: AbortSignal,
): Promise<Partial<SavedView>> {
  const { kind, name, product, body } = document;
  const { terminal, texts } = invocation;
  const path = pathOf(kind, name, product);
  const send = (): Promise<Partial<SavedView>> =>
    // Only clusters answer more than a message.
    client.call('POST', path, { body, headers, query: saveQuery(flags), signal }) as Promise<Partial<SavedView>>;
  const reply = await (kind.name === 'Cluster' ? watch.saving(name, send) : send());
  if (print !== undefined) print(document, reply);
  else
    terminal.print(`${reference(document)} ${(reply.changed ?? true) ? texts.output.saved : texts.output.unchanged}`);
  for (const text of reply.warnings ?? []) terminal.say(warning(invocation, text));
  return reply;
}
