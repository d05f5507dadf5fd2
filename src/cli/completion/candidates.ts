import type { Argument, Command, Option } from 'commander';
import { clusterDocuments, kindOfWord, kinds } from '../documents/kinds.ts';

/** Told to the shell in the place of candidates: names of files fit here. */
export const FILES = ':files';

/** Values that are not known before somebody is asked; each gives nothing rather than fail. */
export interface DynamicValues {
  clusters(): Promise<readonly string[]>;
  contexts(): Promise<readonly string[]>;
  kubeconfigContexts(file: string | undefined): Promise<readonly string[]>;
}

/**
 * What the last word may become, one `value<TAB>description` each, or {@link FILES}. The words before it tell where it
 * stands.
 */
export async function candidates(
  root: Command,
  words: readonly string[],
  dynamic: DynamicValues,
): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const { command, options, operands, pending } = walk(root, words.slice(0, -1));
  if (pending !== undefined) return matching(await valuesOf(pending, words, dynamic), current);
  if (current.startsWith('-')) {
    const lines = options
      .filter(({ hidden }) => !hidden)
      .map((option) => line(option.long ?? option.short ?? '', option.description));
    return matching([...lines, line('--help', '')], current);
  }
  const isOpen = operands.length === 0;
  const commands = isOpen ? visible(command).map((one) => line(one.name(), one.description())) : [];
  const argument = argumentAt(command, operands.length);
  const values = argument === undefined ? [] : await argumentValues(argument, { operands, current }, dynamic);
  return matching([...commands, ...values], current);
}

interface Place {
  readonly command: Command;
  /** Options of the command and of those above it. */
  readonly options: readonly Option[];
  /** Words that are neither commands nor options. */
  readonly operands: readonly string[];
  /** The option that the last word is the value of. */
  readonly pending: Option | undefined;
}

function walk(root: Command, words: readonly string[]): Place {
  let command = root;
  let options: readonly Option[] = [...root.options];
  const operands: string[] = [];
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = options.find(({ long, short }) => long === word || short === word);
      if (option?.required === true) pending = option;
      continue;
    }
    const next = operands.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
    if (next === undefined) operands.push(word);
    else {
      command = next;
      options = [...options, ...next.options];
    }
  }
  return { command, options, operands, pending };
}

function visible(command: Command): readonly Command[] {
  return command.commands.filter((one) => !one.name().startsWith('__'));
}

function argumentAt({ registeredArguments: known }: Command, index: number): Argument | undefined {
  const last = known.at(-1);
  return known[index] ?? (last?.variadic === true ? last : undefined);
}

async function argumentValues(
  argument: Argument,
  { operands, current }: { readonly operands: readonly string[]; readonly current: string },
  dynamic: DynamicValues,
): Promise<readonly string[]> {
  if (argument.argChoices !== undefined) return argument.argChoices.map((value) => line(value, ''));
  const name = argument.name();
  const [word = '', begun] = current.split('/');
  if (begun !== undefined && ['kind', 'name', 'names'].includes(name)) {
    if (kindOfWord(word) !== clusterDocuments) return [];
    return (await dynamic.clusters()).map((value) => line(`${word}/${value}`, ''));
  }
  if (name === 'kind') return kinds.map((kind) => line(kind.name.toLowerCase(), kind.short.join(', ')));
  if (name === 'context') return (await dynamic.contexts()).map((value) => line(value, ''));
  if (name !== 'name' && name !== 'names') return [];
  const taken = new Set(operands);
  return (await dynamic.clusters()).filter((value) => !taken.has(value)).map((value) => line(value, ''));
}

const FILE_OPTIONS = ['--filename', '--kubeconfig', '--ca-file', '--config', '--data-dir', '--dir'];

async function valuesOf(option: Option, words: readonly string[], dynamic: DynamicValues): Promise<readonly string[]> {
  const { long = '', argChoices } = option;
  if (argChoices !== undefined) return argChoices.map((value) => line(value, ''));
  if (FILE_OPTIONS.includes(long)) return [FILES];
  if (long === '--use-context') return (await dynamic.contexts()).map((value) => line(value, ''));
  if (long === '--host-cluster') return (await dynamic.clusters()).map((value) => line(value, ''));
  if (long === '--output') return ['json', 'yaml', 'wide', 'name', 'jsonpath='].map((value) => line(value, ''));
  if (long !== '--context') return [];
  const at = words.indexOf('--kubeconfig');
  const file = at < 0 ? undefined : words[at + 1];
  return (await dynamic.kubeconfigContexts(file)).map((value) => line(value, ''));
}

function line(value: string, description: string): string {
  return description === '' ? value : `${value}\t${description}`;
}

function matching(lines: readonly string[], current: string): readonly string[] {
  return lines.filter((one) => one === FILES || (one !== '' && one.startsWith(current)));
}
