import { Command, Option } from 'commander';
import { NautesError } from '../../base/errors.ts';
import type { NautesClient, SavedView } from '../../client/index.ts';
import type { SpecDocument } from '../documents/document.ts';
import { readDocuments } from '../documents/document.ts';
import { pathOf, requireServed } from '../documents/operation.ts';
import { readSources } from '../documents/sources.ts';
import { type Invocation, warning, withClient } from '../invocation.ts';
import { printerFor } from '../output/print-objects.ts';
import { type AccountWatch, withAccount } from '../kubeconfig/account-use.ts';
import { fillKubeconfig, type KubeconfigFlags, kubeconfigOptions } from '../kubeconfig/fill.ts';
import { waitUntilReady } from '../progress/wait.ts';
import { type DryRun, type FileFlags, fileOptions, outputOption, type WaitFlags, waitOptions } from './options.ts';
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
    .addOption(outputOption(invocation.texts, ['name', 'json', 'yaml']));
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
  const { terminal, texts } = invocation;
  const read = await documentsOf(invocation, flags);
  if (flags.dryRun === 'client') {
    for (const document of read) {
      if (flags.output === undefined || flags.output === 'name') {
        terminal.print(`${reference(document)} ${texts.output.wouldBeSent}`);
      } else printOutcome(invocation, flags.output, document, withoutSecrets(document.body));
    }
    return;
  }
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(
      client,
      read.map(({ kind }) => kind),
      signal,
    );
    const filled = await fillKubeconfig(invocation, read, flags);
    await withAccount(invocation, client, filled.account, signal, (watch) =>
      flags.dryRun === 'server'
        ? planAll(invocation, client, filled.documents, flags, signal)
        : saveAll(invocation, client, { documents: filled.documents, watch }, flags, signal),
    );
  });
}

async function planAll(
  invocation: Invocation,
  client: NautesClient,
  documents: readonly SpecDocument[],
  flags: ApplyFlags,
  signal: AbortSignal,
): Promise<void> {
  let refused = 0;
  for (const document of documents) {
    if (document.kind.name !== 'Cluster') {
      invocation.terminal.say(warning(invocation, invocation.texts.output.notPlanned(reference(document))));
      continue;
    }
    const plan = await client.plan(document.name, document.body, { query: skipCheck(flags), signal });
    if (flags.output === 'json' || flags.output === 'yaml') printOutcome(invocation, flags.output, document, plan);
    else printPlan(invocation, plan);
    if (plan.findings.some(({ blocking }) => blocking)) refused += 1;
  }
  if (refused > 0) throw new NautesError('PlanRefused', { count: refused });
}

interface SaveWork {
  readonly documents: readonly SpecDocument[];
  readonly watch: AccountWatch;
}

async function saveAll(
  invocation: Invocation,
  client: NautesClient,
  { documents, watch }: SaveWork,
  flags: ApplyFlags,
  signal: AbortSignal,
): Promise<void> {
  const isWaiting = flags.wait === true;
  const after = isWaiting ? await client.latestEvent(signal) : undefined;
  /** The last generation of each: of several documents of one name the server carries out only the last. */
  const saved = new Map<string, string>();
  for (const document of documents) {
    const reply = await saveDocument(invocation, client, { document, watch }, flags, signal);
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
  { document, watch }: Pick<SaveWork, 'watch'> & { readonly document: SpecDocument },
  flags: Pick<ApplyFlags, 'insecure' | 'output'>,
  signal: AbortSignal,
): Promise<Partial<SavedView>> {
  const { kind, name, product, body } = document;
  const { terminal, texts } = invocation;
  const path = pathOf(kind, name, product);
  const send = (): Promise<Partial<SavedView>> =>
    // Only clusters answer more than a message.
    client.call('POST', path, { body, query: skipCheck(flags), signal }) as Promise<Partial<SavedView>>;
  const reply = await (kind.name === 'Cluster' ? watch.saving(name, send) : send());
  if (flags.output !== undefined) printOutcome(invocation, flags.output, document, reply);
  else
    terminal.print(`${reference(document)} ${(reply.changed ?? true) ? texts.output.saved : texts.output.unchanged}`);
  for (const text of reply.warnings ?? []) terminal.say(warning(invocation, text));
  return reply;
}

/** `cluster/one`, as kubectl names things. */
export function reference({ kind, name }: Pick<SpecDocument, 'kind' | 'name'>): string {
  return `${kind.name.toLowerCase()}/${name}`;
}

export function skipCheck({ insecure }: Pick<FileFlags, 'insecure'>): Readonly<Record<string, string>> {
  return insecure === true ? { insecure_skip_check: 'true' } : {};
}

function printOutcome({ terminal }: Invocation, form: string, document: SpecDocument, content: unknown): void {
  const named = form === 'name' ? { name: document.name } : content;
  terminal.write(printerFor(form, document.kind)?.([named], true) ?? '');
}

/** What would be sent, fit to be looked at. */
function withoutSecrets(body: SpecDocument['body']): SpecDocument['body'] {
  return body['kubeconfig'] === undefined || body['kubeconfig'] === '' ? body : { ...body, kubeconfig: '[redacted]' };
}
