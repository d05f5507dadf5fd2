import { Command } from 'commander';
import { requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { withAccount } from '../../kubeconfig/account-use.ts';
import { fillKubeconfig, kubeconfigOptions, previewKubeconfig } from '../../kubeconfig/fill.ts';
import { documentsOf } from '../../save/documents-of.ts';
import { outcomePrinter } from '../../save/outcome.ts';
import { planFirst } from '../../save/passing.ts';
import { planAll } from '../../save/plan.ts';
import { saveAll } from '../../save/save-all.ts';
import { printUnsent } from '../../save/send.ts';
import { OBJECT_FORMS } from '../../output/print-objects.ts';
import type { WaitFlags } from '../../progress/mode.ts';
import { type FileFlags, saveOptions } from './options.ts';
import { outputOption } from './output-option.ts';
import { type SavingFlags, savingOptions } from './saving-options.ts';

type PlanFlags = Omit<ApplyFlags, keyof WaitFlags | 'dryRun'>;

interface ApplyFlags extends FileFlags, SavingFlags {}

export function applyCommand(invocation: Invocation): Command {
  const { texts } = invocation;
  const command = saveOptions(new Command('apply').description(texts.help.apply), texts);
  return savingOptions(command, texts).action((flags: ApplyFlags) => runApply(invocation, command, flags));
}

/** `apply --dry-run=server` under a name of its own. */
export function planCommand(invocation: Invocation): Command {
  const { texts } = invocation;
  const command = saveOptions(new Command('plan').description(texts.help.plan), texts);
  kubeconfigOptions(command, texts).addOption(outputOption(texts, OBJECT_FORMS));
  return command.action((flags: PlanFlags) =>
    runApply(invocation, command, { ...flags, dryRun: 'server', timeout: 0, progress: 'none' }),
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
    const { documents, account } = await fillKubeconfig(
      invocation,
      read,
      flags,
      planFirst(invocation, client, flags, signal),
    );
    await withAccount(invocation, client, account, signal, (watch) =>
      flags.dryRun === 'server'
        ? planAll(invocation, client, { documents, print }, flags, signal)
        : saveAll(invocation, client, { documents, print, watch }, flags, signal),
    );
  });
}
