import { Command, Option } from 'commander';
import type { CommandTable } from './commands/command-table.ts';
import { serverCommands } from './commands/server/server-commands.ts';
import { localizeHelp } from './help.ts';
import { outlineOf } from './outline.ts';
import type { Invocation } from './invocation/invocation.ts';
import type { HelpTexts } from './texts/texts.ts';

/** The commands by the heading of the help that they are listed under. */
const groups: readonly (readonly [heading: keyof HelpTexts & `group${string}`, commands: CommandTable])[] = [
  [
    'groupRegister',
    {
      cluster: async () => (await import('./commands/client/cluster-command.ts')).clusterCommand,
      apply: async () => (await import('./commands/client/apply-command.ts')).applyCommand,
      plan: async () => (await import('./commands/client/apply-command.ts')).planCommand,
      diff: async () => (await import('./commands/client/diff-command.ts')).diffCommand,
      remove: async () => (await import('./commands/client/remove-command.ts')).removeCommand,
      delete: async () => (await import('./commands/client/delete-command.ts')).deleteCommand,
      rotate: async () => (await import('./commands/client/rotate-command.ts')).rotateCommand,
      pause: async () => (await import('./commands/client/pause-command.ts')).pauseCommand,
      resume: async () => (await import('./commands/client/pause-command.ts')).resumeCommand,
      sync: async () => (await import('./commands/client/sync-command.ts')).syncCommand,
      wait: async () => (await import('./commands/client/rotate-command.ts')).waitCommand,
    },
  ],
  [
    'groupLook',
    {
      get: async () => (await import('./commands/client/get-command.ts')).getCommand,
      describe: async () => (await import('./commands/client/describe-command.ts')).describeCommand,
      events: async () => (await import('./commands/client/events-command.ts')).eventsCommand,
      logs: async () => (await import('./commands/client/events-command.ts')).logsCommand,
      kubeconfig: async () => (await import('./commands/client/kubeconfig-command.ts')).kubeconfigCommand,
      history: async () => (await import('./commands/client/history-command.ts')).historyCommand,
      receipt: async () => (await import('./commands/client/receipt-command.ts')).receiptCommand,
      receipts: async () => (await import('./commands/client/receipts-command.ts')).receiptsCommand,
      objects: async () => (await import('./commands/client/objects-command.ts')).objectsCommand,
      repairs: async () => (await import('./commands/client/repairs-command.ts')).repairsCommand,
      'node-ports': async () => (await import('./commands/client/node-ports-command.ts')).nodePortsCommand,
      summary: async () => (await import('./commands/client/summary-command.ts')).summaryCommand,
      catalog: async () => (await import('./commands/client/catalog-command.ts')).catalogCommand,
    },
  ],
  [
    'groupAccess',
    {
      login: async () => (await import('./commands/client/login-command.ts')).loginCommand,
      tokens: async () => (await import('./commands/client/tokens-command.ts')).tokensCommand,
      config: async () => (await import('./commands/client/config-command.ts')).configCommand,
      console: async () => (await import('./commands/client/console-command.ts')).consoleCommand,
      doctor: async () => (await import('./commands/client/doctor-command.ts')).doctorCommand,
    },
  ],
  ['groupServer', serverCommands],
  [
    'groupOther',
    {
      completion: async () => (await import('./commands/client/completion-command.ts')).completionCommand,
      version: async () => (await import('./commands/client/version-command.ts')).versionCommand,
    },
  ],
];

/** What the scripts of shells call. It needs all the others. */
const COMPLETE = '__complete';

/**
 * The command line as commander has it: what is run, and what the reference page is made from. Where the words of a call
 * name a command, it has only that one; where they name none, e.g. for `--help`, commands have their outlines only.
 * @param words of a call; absent for all commands as they are
 */
export async function buildProgram(invocation: Invocation, words?: readonly string[]): Promise<Command> {
  const { help } = invocation.texts;
  const program = new Command('nautes')
    .description(help.program)
    .version(invocation.version, '-V, --version', help.versionOption);
  program
    .option('-s, --api-server <url>', help.apiServer)
    .option('-t, --token <token>', help.token)
    .option('--ca-file <file>', help.caFile)
    .option('--use-context <name>', help.useContext)
    .addOption(new Option('--lang <language>', help.lang).choices(['en', 'zh']));
  const called = words && firstOperand(words, program.options);
  const isOutline = words !== undefined && called !== COMPLETE && !isCommand(called);
  for (const { heading, make } of isOutline ? outlined() : await loadCommands(called))
    program.addCommand(make(invocation).helpGroup(help[heading]));
  if (called === COMPLETE) {
    const { completeCommand } = await import('./commands/client/completion-command.ts');
    program.addCommand(
      completeCommand(invocation, () => program),
      { hidden: true },
    );
  }
  program.addHelpText('after', `\n${help.footer}`);
  for (const command of allCommands(program)) localizeHelp(command, invocation);
  return program;
}

/** The first word that is neither an option nor the value of one. */
function firstOperand(words: readonly string[], options: readonly Option[]): string | undefined {
  let isValue = false;
  for (const word of words) {
    if (!isValue && !word.startsWith('-')) return word;
    isValue = !isValue && options.some((option) => option.required && (word === option.short || word === option.long));
  }
  return undefined;
}

const all = groups.flatMap(([heading, commands]) =>
  Object.entries(commands).map(([name, load]) => ({ name, heading, load })),
);

function isCommand(name: string | undefined): boolean {
  return all.some((one) => one.name === name);
}

/** All commands by what the list shows of them. */
function outlined() {
  return all.map(({ name, heading }) => ({
    heading,
    make: ({ texts }: Invocation): Command => outlineOf(name, texts.help),
  }));
}

/** The command of that name, or all where there is none. */
async function loadCommands(name: string | undefined) {
  const named = all.filter((one) => one.name === name);
  const chosen = named.length > 0 ? named : all;
  return Promise.all(chosen.map(async ({ heading, load }) => ({ heading, make: await load() })));
}

/** The command and everything below it. */
export function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
