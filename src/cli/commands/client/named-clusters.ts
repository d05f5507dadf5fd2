import { type Command, Option } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import { clusterNames, type NamedObject, onlyClusters } from '../../documents/object-names.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { namesInFiles } from '../../save/documents-of.ts';
import type { Texts } from '../../texts/texts.ts';
import { selectClusters } from './get-clusters.ts';
import { collect } from './options.ts';

/** Which clusters a command is about, besides the names in its words. */
export interface NamingFlags {
  readonly filename?: readonly string[];
  readonly recursive?: true;
  readonly all?: true;
  readonly selector?: string;
  readonly fieldSelector?: string;
}

/** `-f` for commands that take only names from files. */
export function nameFiles(command: Command, { help }: Texts): Command {
  return command
    .addOption(new Option('-f, --filename <file>', help.filenameOfNames).argParser(collect))
    .option('-R, --recursive', help.recursive);
}

export function selectors(command: Command, { help }: Texts): Command {
  return command
    .option('-l, --selector <selector>', help.labelSelector)
    .option('--field-selector <selector>', help.fieldSelector);
}

/** Names in words or files, or a selection of all clusters; one grammar for every command that is about clusters. */
export function namingOptions(command: Command, texts: Texts): Command {
  command.argument('[names...]', texts.help.clusterReferences);
  return selectors(nameFiles(command, texts).option('--all', texts.help.allClusters), texts);
}

/** The clusters that words, files or selectors name. Nothing named is a mistake of usage. */
export async function namedClusters(
  invocation: Invocation,
  { command, client }: { readonly command: Command; readonly client: NautesClient },
  words: readonly string[],
  flags: NamingFlags,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { terminal, texts } = invocation;
  const isSelection = flags.all === true || flags.selector !== undefined || flags.fieldSelector !== undefined;
  if (isSelection) {
    const found = await selectClusters(client, [], flags, signal);
    if (found.length === 0) terminal.tell(texts.output.noClusters);
    return found.map(({ name }) => name);
  }
  const named: readonly NamedObject[] = flags.filename === undefined ? [] : await namesInFiles(flags);
  if (words.length === 0 && named.length === 0) command.error(`error: ${texts.output.namesOrAll}`, { exitCode: 2 });
  const ofWords = words.length === 0 ? [] : clusterNames(words);
  return [...new Set([...ofWords, ...onlyClusters(named)])];
}
