import { defined } from '../../../base/defined.ts';
import { Command, Option } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import { requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { type AccountWatch, withAccount } from '../../kubeconfig/account-use.ts';
import { fillKubeconfig, type KubeconfigFlags, kubeconfigOptions, previewKubeconfig } from '../../kubeconfig/fill.ts';
import { OBJECT_FORMS } from '../../output/print-objects.ts';
import { tellAccess } from '../../progress/access.ts';
import { waitUntilReady } from '../../progress/wait.ts';
import { type DryRun, type FileFlags, saveOptions, type WaitFlags, waitOptions } from './options.ts';
import { outputOption } from './output-option.ts';
import { documentsOf } from '../../save/documents-of.ts';
import { outcomePrinter } from '../../save/outcome.ts';
import { planAll, type PlanWork } from '../../save/plan.ts';
import { printUnsent, saveDocument } from '../../save/send.ts';

interface ApplyFlags extends FileFlags, KubeconfigFlags, WaitFlags {
  readonly dryRun?: DryRun;
  readonly output?: string;
}

export function applyCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = saveOptions(new Command('apply').description(help.apply), invocation.texts)
    .addOption(new Option('--dry-run [where]', help.dryRun).choices(['client', 'server']).preset('client'))
    .addOption(outputOption(invocation.texts, OBJECT_FORMS));
  kubeconfigOptions(command, invocation.texts);
  return waitOptions(command, invocation.texts, help.waitReady).action((flags: ApplyFlags) =>
    runApply(invocation, command, flags),
  );
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
    tellAccess(invocation, await waitUntilReady(invocation, client, { ...request, ...defined({ after }) }, signal));
  }
}
