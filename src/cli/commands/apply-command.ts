import { Command, Option } from 'commander';
import { NautesError } from '../../errors/errors.ts';
import type { NautesClient } from '../../client/index.ts';
import type { SavedView } from '../../contract/views.ts';
import type { SpecDocument } from '../documents/document.ts';
import { readDocuments } from '../documents/document.ts';
import { pathOf, requireServed } from '../documents/operation.ts';
import { readSources } from '../documents/sources.ts';
import { type Invocation, warning, withClient } from '../invocation.ts';
import { type AccountWatch, withAccount } from '../kubeconfig/account-use.ts';
import { fillKubeconfig, type KubeconfigFlags, kubeconfigOptions, previewKubeconfig } from '../kubeconfig/fill.ts';
import { OBJECT_FORMS } from '../output/print-objects.ts';
import { waitUntilReady } from '../progress/wait.ts';
import { type DryRun, type FileFlags, fileOptions, outputOption, type WaitFlags, waitOptions } from './options.ts';
import { type OutcomePrinter, outcomePrinter, withoutSecrets } from './outcome.ts';
import { printPlan } from './plan-output.ts';
import { readStandardInput } from './prompt.ts';

interface ApplyFlags extends FileFlags, KubeconfigFlags, WaitFlags {
  readonly dryRun?: DryRun;
  readonly output?: string;
}

export function applyCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = fileOptions(new Command('apply').description(help.apply), invocation.texts)
    .addOption(new Option('--dry-run [where]', help.dryRun).choices(['client', 'server']).preset('client'))
    .addOption(outputOption(invocation.texts, OBJECT_FORMS));
  kubeconfigOptions(command, invocation.texts);
  return waitOptions(command, invocation.texts, help.waitReady).action((flags: ApplyFlags) =>
    runApply(invocation, command, flags),
  );
}

/** The documents of the files that the flags name; what is in them and not sent is told. */
export async function documentsOf(invocation: Invocation, flags: FileFlags): Promise<readonly SpecDocument[]> {
  const sources = await readSources(flags.filename, flags.recursive === true, readStandardInput);
  const documents = readDocuments(sources);
  for (const { place, unknown } of documents) {
    if (unknown.length === 0) continue;
    invocation.terminal.say(warning(invocation, invocation.texts.output.unknownKeys(place, unknown.join(', '))));
  }
  return documents;
}

async function runApply(invocation: Invocation, command: Command, flags: ApplyFlags): Promise<void> {
  const print = outcomePrinter(invocation, flags.output);
  const read = await documentsOf(invocation, flags);
  if (flags.dryRun === 'client') {
    for (const document of await previewKubeconfig(invocation, read, flags)) printUnsent(invocation, document, print);
    return;
  }
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(
      client,
      read.map(({ kind }) => kind),
      signal,
    );
    const { documents, account } = await fillKubeconfig(invocation, read, flags);
    await withAccount(invocation, client, account, signal, (watch) =>
      flags.dryRun === 'server'
        ? planAll(invocation, client, { documents, print }, flags, signal)
        : saveAll(invocation, client, { documents, print, watch }, flags, signal),
    );
  });
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

interface PlanWork {
  readonly documents: readonly SpecDocument[];
  readonly print: OutcomePrinter | undefined;
}

/** Asks the server what saves would do, and shows it. @throws NautesError `PlanRefused` */
export async function planAll(
  invocation: Invocation,
  client: NautesClient,
  { documents, print }: PlanWork,
  flags: Pick<ApplyFlags, 'insecure'>,
  signal: AbortSignal,
): Promise<void> {
  let refused = 0;
  for (const document of documents) {
    if (document.kind.name !== 'Cluster') {
      invocation.terminal.say(warning(invocation, invocation.texts.output.notPlanned(reference(document))));
      continue;
    }
    const plan = await client.plan(document.name, document.body, { query: skipCheck(flags), signal });
    if (print === undefined) printPlan(invocation, plan);
    else print(document, plan);
    if (plan.findings.some(({ blocking }) => blocking)) refused += 1;
  }
  if (refused > 0) throw new NautesError('PlanRefused', { count: refused });
}

interface SaveWork extends PlanWork {
  readonly watch: AccountWatch;
}

async function saveAll(
  invocation: Invocation,
  client: NautesClient,
  { documents, print, watch }: SaveWork,
  flags: ApplyFlags,
  signal: AbortSignal,
): Promise<void> {
  const isWaiting = flags.wait === true;
  const after = isWaiting ? await client.latestEvent(signal) : undefined;
  /** The last generation of each: of several documents of one name the server carries out only the last. */
  const saved = new Map<string, string>();
  for (const document of documents) {
    const reply = await saveDocument(invocation, client, { document, print, watch }, flags, signal);
    if (document.kind.name === 'Cluster') saved.set(document.name, reply.generation ?? '');
  }
  if (!isWaiting) return;
  const { timeout, progress } = flags;
  for (const [cluster, generation] of saved) {
    const request = { cluster, generation, endsWithFailure: true, timeout, progress, onStatus: watch.onStatus };
    await waitUntilReady(invocation, client, { ...request, ...(after === undefined ? {} : { after }) }, signal);
  }
}

/** Sends one document and says what came of it. */
export async function saveDocument(
  invocation: Invocation,
  client: NautesClient,
  { document, print, watch }: Omit<SaveWork, 'documents'> & { readonly document: SpecDocument },
  flags: Pick<ApplyFlags, 'insecure'>,
  signal: AbortSignal,
): Promise<Partial<SavedView>> {
  const { kind, name, product, body } = document;
  const { terminal, texts } = invocation;
  const path = pathOf(kind, name, product);
  const send = (): Promise<Partial<SavedView>> =>
    // Only clusters answer more than a message.
    client.call('POST', path, { body, query: skipCheck(flags), signal }) as Promise<Partial<SavedView>>;
  const reply = await (kind.name === 'Cluster' ? watch.saving(name, send) : send());
  if (print !== undefined) print(document, reply);
  else
    terminal.print(`${reference(document)} ${(reply.changed ?? true) ? texts.output.saved : texts.output.unchanged}`);
  for (const text of reply.warnings ?? []) terminal.say(warning(invocation, texts.words.message('', text)));
  return reply;
}

/** `cluster/one`, as kubectl names things. */
export function reference({ kind, name }: Pick<SpecDocument, 'kind' | 'name'>): string {
  return `${kind.name.toLowerCase()}/${name}`;
}

export function skipCheck({ insecure }: Pick<FileFlags, 'insecure'>): Readonly<Record<string, string>> {
  return insecure === true ? { insecure_skip_check: 'true' } : {};
}
