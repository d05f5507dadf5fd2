import { type Argument, type Command, type CommanderError, type Option } from 'commander';
import { displayWidth, wrapToWidth } from './output/display-width.ts';
import type { Invocation } from './invocation/invocation.ts';
import { examples } from './texts/examples.ts';
import type { Texts } from './texts/texts.ts';

/** Columns that help keeps to. */
const HELP_COLUMNS = 80;

/** Localizes the help of a command; usage errors are thrown, see {@link usageProblem}. */
export function localizeHelp(command: Command, { texts: { help }, terminal }: Invocation): void {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': help.usageTitle,
    'Arguments:': help.argumentsTitle,
    'Options:': help.optionsTitle,
    'Global Options:': help.globalOptionsTitle,
    'Commands:': help.commandsTitle,
  };
  const described = (
    text: string,
    { argChoices, defaultValue, defaultValueDescription }: Option | Argument,
  ): string => {
    const isShown = defaultValue !== undefined && typeof defaultValue !== 'boolean';
    const value = isShown ? (defaultValueDescription ?? String(defaultValue)) : '';
    return text + help.notes((argChoices ?? []).join(', '), value);
  };
  command
    .exitOverride()
    .helpOption('-h, --help', help.helpOption)
    .helpCommand(false)
    .configureOutput({ outputError: () => {}, writeOut: (text) => terminal.data(text) })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => titles[title] ?? title,
      displayWidth: (text) => displayWidth(text),
      boxWrap: (text, width) =>
        text
          .split('\n')
          .map((line) => wrapToWidth(line, width).join('\n'))
          .join('\n'),
      optionDescription: (option) => described(option.description, option),
      argumentDescription: (argument) => described(argument.description, argument),
      // Complete terms: commander's own leave out the plural of several arguments.
      subcommandTerm: (one) => [one.name(), ...one.registeredArguments.map(argumentTerm)].join(' '),
    });
  const shown = examples[wordsOf(command)] ?? [];
  const lines = shown.length === 0 ? [] : ['', help.examplesTitle, ...shown.flatMap(exampleLines)];
  command.addHelpText('after', [...lines, '', help.guide].join('\n'));
}

/** A long example goes on in a second line, as a shell has it. */
function exampleLines(example: string): readonly string[] {
  const last = example.lastIndexOf(' --');
  if (example.length + 2 <= HELP_COLUMNS || last < 0) return [`  ${example}`];
  return [`  ${example.slice(0, last)} \\`, `      ${example.slice(last + 1)}`];
}

/** The words that call a command, without those of the program. */
export function wordsOf(command: Command): string {
  const words: string[] = [];
  for (let one = command; one.parent !== null; one = one.parent) words.unshift(one.name());
  return words.join(' ');
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '…' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** What is wrong with how the command was called; `undefined` when it only printed its help or version. */
export function usageProblem(error: CommanderError, { output }: Texts): string | undefined {
  if (error.exitCode === 0 || error.code === 'commander.help' || error.code === 'commander.helpDisplayed')
    return undefined;
  const text = error.message.replace(/^error: /, '');
  const [, meant] = /Did you mean (?:one of )?([^?]+)\?/.exec(text) ?? [];
  const hint = meant === undefined ? '' : `; ${output.usageErrors.suggestion(meant)}`;
  return (problemOf(error.code, text, output) ?? text) + hint;
}

/** Of commander's codes; it puts what the mistake is about into quotes. */
function problemOf(code: string, text: string, output: Texts['output']): string | undefined {
  const { usageErrors: words } = output;
  const [, first = '', second = ''] = /'([^']*)'(?:[^']*'([^']*)')?/.exec(text) ?? [];
  const problems: Readonly<Record<string, () => string>> = {
    'commander.unknownOption': () => words.unknownOption(first),
    'commander.unknownCommand': () => words.unknownCommand(first),
    'commander.missingArgument': () => words.missingArgument(first),
    'commander.optionMissingArgument': () => words.optionWithoutValue(first),
    'commander.missingMandatoryOptionValue': () => words.missingOption(first),
    'commander.excessArguments': () => words.excessArguments,
    'commander.conflictingOption': () => words.conflict,
    'commander.invalidArgument': () => invalidValue(text, first, second, output),
  };
  return problems[code]?.();
}

/** `option '--x <y>' argument 'z' is invalid. …`, or the same of an argument, or only the value. */
function invalidValue(text: string, first: string, second: string, { usageErrors: words }: Texts['output']): string {
  const [, why = ''] = /is invalid(?: for argument '[^']*')?\. (.*)$/s.exec(text) ?? [];
  const [, choices] = /Allowed choices are (.*)\.$/.exec(why) ?? [];
  const expected = choices === undefined ? why : words.oneOf(choices);
  if (text.startsWith('option ')) return words.invalidValue(second, first, expected);
  if (text.startsWith('command-argument ')) return words.invalidValue(first, second, expected);
  return words.invalidValue(text, '-o, --output', '');
}
