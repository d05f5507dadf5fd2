import { defined } from '../../base/defined.ts';
import { type NautesClient, SMALL_REPLY_LIMITS } from '../../client/index.ts';
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
  const options = { body, headers, query: saveQuery(flags), limits: SMALL_REPLY_LIMITS, signal };
  let answered: unknown;
  const send = async (): Promise<Partial<SavedView>> => {
    answered = await client.call('POST', path, options);
    return savedOf(answered);
  };
  const reply = await (kind.name === 'Cluster' ? watch.saving(name, send) : send());
  if (print !== undefined) print(document, answered);
  else
    terminal.print(`${reference(document)} ${(reply.changed ?? true) ? texts.output.saved : texts.output.unchanged}`);
  for (const text of reply.warnings ?? []) terminal.say(warning(invocation, text));
  return reply;
}

/** What of a reply is used: servers of 0.4, and all for other kinds than clusters, answer no more than a message. */
function savedOf(reply: unknown): Partial<SavedView> {
  if (typeof reply !== 'object' || reply === null) return {};
  const { changed, warnings, generation } = reply as Partial<Record<keyof SavedView, unknown>>;
  return defined({
    changed: typeof changed === 'boolean' ? changed : undefined,
    warnings: Array.isArray(warnings) ? warnings.filter((text: unknown) => typeof text === 'string') : undefined,
    generation: typeof generation === 'string' ? generation : undefined,
  });
}
