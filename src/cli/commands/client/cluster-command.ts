import { listCommand } from './get-command.ts';
import { Command, Option } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { clusterKind } from '../../../resources/cluster/cluster-kind.ts';
import type { SpecDocument } from '../../documents/document.ts';
import { fieldOptions } from '../../documents/field-options.ts';
import { type Invocation, warning, withClient } from '../../invocation/invocation.ts';
import { withAccount } from '../../kubeconfig/account-use.ts';
import { fillKubeconfig, type Filled, previewKubeconfig } from '../../kubeconfig/fill.ts';
import { addressOf } from '../../kubeconfig/prepare.ts';
import { addDocument, givenFields } from '../../save/add-document.ts';
import { confirmChange } from '../../save/confirm-change.ts';
import { outcomePrinter } from '../../save/outcome.ts';
import { planFirst } from '../../save/passing.ts';
import { planAll } from '../../save/plan.ts';
import { findRegistered, overRegistered, type RegisteredUnder } from '../../save/registered.ts';
import { saveAll } from '../../save/save-all.ts';
import { printUnsent } from '../../save/send.ts';
import { collect } from './options.ts';
import { type SavingFlags, savingOptions } from './saving-options.ts';

interface AddFlags extends SavingFlags {
  readonly usage: string;
  readonly type: string;
  readonly workerType?: string;
  readonly address?: string;
  readonly hostCluster?: string;
  readonly set?: readonly string[];
  readonly insecure?: true;
  readonly takeOver?: true;
}

export function clusterCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  return new Command('cluster')
    .description(help.cluster)
    .addCommand(addCommand(invocation))
    .addCommand(listCommand(invocation));
}

function addCommand(invocation: Invocation): Command {
  const { texts } = invocation;
  const { help } = texts;
  const command = new Command('add').description(help.clusterAdd).argument('<name>', help.clusterName);
  for (const { option } of fieldOptions(clusterKind, texts.language)) command.addOption(option);
  command
    .addOption(new Option('--set <component.key=value>', help.setAddition).argParser(collect))
    .option('-i, --insecure', help.insecure)
    .option('--take-over', help.takeOver);
  return savingOptions(command, texts).action((name: string, flags: AddFlags) =>
    runAdd(invocation, command, name, flags),
  );
}

async function runAdd(invocation: Invocation, command: Command, name: string, flags: AddFlags): Promise<void> {
  const print = outcomePrinter(invocation, flags.output);
  const document = addDocument(invocation, name, flags);
  if (flags.dryRun === 'client') {
    if (isVirtual(document)) requireHost(flags);
    const unsent = isVirtual(document) ? [document] : await previewKubeconfig(invocation, [document], flags);
    for (const one of unsent) printUnsent(invocation, one, print);
    return;
  }
  await withClient(invocation, command, async (client, signal) => {
    const registered = await findRegistered(client, name, signal);
    const given = givenFields(invocation, (attribute) => command.getOptionValueSource(attribute) === 'cli');
    const { documents, account } = await completed(invocation, client, { document, registered, given }, flags, signal);
    await withAccount(invocation, client, account, signal, async (watch) => {
      if (flags.dryRun === 'server') return planAll(invocation, client, { documents, print }, flags, signal);
      const [filled = document] = documents;
      const headers = registered.isNew ? {} : await confirmChange(invocation, client, filled, flags, signal);
      await saveAll(invocation, client, { documents: [filled], print, watch, headers }, flags, signal);
      if (flags.wait !== true) invocation.terminal.tell(invocation.texts.output.followHint(name));
    });
  });
}

interface AddWork {
  readonly document: SpecDocument;
  readonly registered: RegisteredUnder;
  readonly given: ReadonlySet<string>;
}

/** The document with what is registered already and the credential that the flags name. */
async function completed(
  invocation: Invocation,
  client: NautesClient,
  { document, registered: { view }, given }: AddWork,
  flags: AddFlags,
  signal: AbortSignal,
): Promise<Filled> {
  const merged = view === undefined ? document : await overRegistered(client, document, { view, given }, signal);
  if (isVirtual(merged)) {
    if (view === undefined) requireHost(flags);
    return { documents: [merged] };
  }
  const isNamed = flags.kubeconfig !== undefined || flags.context !== undefined || flags.mint !== undefined;
  if (!isNamed) {
    // The current context of kubectl is taken only when it is said.
    if (view === undefined) throw new NautesError('KubeconfigNotNamed');
    return { documents: [merged] };
  }
  if (view !== undefined && !given.has('api_server')) await tellAddress(invocation, view.api_server, flags);
  return fillKubeconfig(invocation, [merged], flags, planFirst(invocation, client, flags, signal));
}

/** The address is not changed by the kubeconfig alone. */
async function tellAddress(invocation: Invocation, registered: string, flags: AddFlags): Promise<void> {
  const named = (await addressOf(flags, invocation.environment)).replace(/\/$/, '');
  if (named === registered || registered === '') return;
  invocation.terminal.say(warning(invocation, invocation.texts.output.addressStays(registered, named)));
}

function isVirtual({ body }: SpecDocument): boolean {
  return body['cluster_type'] === 'virtual';
}

/** What nothing else tells of a virtual cluster; the server would name fields that nobody has typed. */
function requireHost({ hostCluster, address }: AddFlags): void {
  const missing = [
    ...(hostCluster === undefined ? ['--host-cluster'] : []),
    ...(address === undefined ? ['--address'] : []),
  ];
  if (missing.length > 0) throw new NautesError('VirtualClusterIncomplete', { missing: missing.join(', ') });
}
