import { type Command, InvalidArgumentError, Option } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import { verbatim } from '../../../messages/message.ts';
import type { Kind } from '../../documents/kinds.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { progressModes } from '../../progress/mode.ts';
import type { CheckFlags } from '../../documents/operation.ts';
import type { SourceFlags } from '../../save/documents-of.ts';
import type { Texts } from '../../texts/texts.ts';

export interface FileFlags extends SourceFlags, CheckFlags {}

const DEFAULT_TIMEOUT = 10 * 60_000;

/** The same for every command: a value for each time that the option is given. */
export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function fileOptions(command: Command, { help }: Texts): Command {
  return command
    .addOption(new Option('-f, --filename <file>', help.filename).argParser(collect).makeOptionMandatory())
    .option('-R, --recursive', help.recursive)
    .option('-i, --insecure', help.insecure);
}

export function saveOptions(command: Command, texts: Texts): Command {
  return fileOptions(command, texts).option('--take-over', texts.help.takeOver);
}

export function waitOptions(command: Command, texts: Texts, description: string): Command {
  return progressOptions(command.option('--wait', description), texts);
}

export function progressOptions(command: Command, { help, output }: Texts): Command {
  return command
    .addOption(
      new Option('--timeout <duration>', help.timeout)
        .argParser((text) => readDuration(text, output.durationExpected))
        .default(DEFAULT_TIMEOUT, '10m'),
    )
    .addOption(new Option('--progress <form>', help.progress).choices(progressModes).default('auto'));
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const MAXIMUM_DURATION = 24 * 3_600_000;

/** `90s`, `10m`, `1h30m`; a bare number is seconds. */
function readDuration(text: string, problem: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const isWhole = parts.length > 0 && parts.map(([part]) => part).join('') === text;
  const total = /^\d+$/.test(text)
    ? Number(text) * 1_000
    : parts.reduce((sum, [, value = '', unit = '']) => sum + Number(value) * (UNITS[unit] ?? 0), 0);
  const isDuration = isWhole || /^\d+$/.test(text);
  if (!isDuration || total <= 0 || total > MAXIMUM_DURATION) throw new InvalidArgumentError(problem);
  return total;
}

/** The product of a command, from its flag or the environment; empty where the kind has none. @throws `ProductNotGiven` */
export function productOf(kind: Kind, flag: string | undefined, { environment }: Invocation): string {
  if (kind.productKey === undefined) return '';
  const product = flag ?? environment['PRODUCT'] ?? '';
  if (product === '') throw new NautesError('ProductNotGiven', { kind: verbatim(kind.name) });
  return product;
}
