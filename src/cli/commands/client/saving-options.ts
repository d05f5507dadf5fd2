import { type Command, Option } from 'commander';
import { type KubeconfigFlags, kubeconfigOptions } from '../../kubeconfig/fill.ts';
import { OBJECT_FORMS } from '../../output/print-objects.ts';
import type { WaitFlags } from '../../progress/mode.ts';
import type { Texts } from '../../texts/texts.ts';
import { waitOptions } from './options.ts';
import { outputOption } from './output-option.ts';

/** Flags of a command that saves documents, or shows what saving them would do. */
export interface SavingFlags extends KubeconfigFlags, WaitFlags {
  readonly dryRun?: 'client' | 'server';
  readonly output?: string;
}

export function savingOptions(command: Command, texts: Texts): Command {
  const { help } = texts;
  kubeconfigOptions(command, texts)
    .addOption(new Option('--dry-run [where]', help.dryRun).choices(['client', 'server']).preset('client'))
    .addOption(outputOption(texts, OBJECT_FORMS));
  return waitOptions(command, texts, help.waitReady);
}
