import { Command, Option } from 'commander';
import { applyCommand } from './commands/apply-command.ts';
import { catalogCommand } from './commands/catalog-command.ts';
import { clusterCommand } from './commands/cluster-command.ts';
import { completeCommand, completionCommand } from './commands/completion-command.ts';
import { configCommand } from './commands/config-command.ts';
import { deleteCommand } from './commands/delete-command.ts';
import { describeCommand } from './commands/describe-command.ts';
import { diffCommand } from './commands/diff-command.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { eventsCommand, logsCommand } from './commands/events-command.ts';
import { getCommand } from './commands/get-command.ts';
import { loginCommand } from './commands/login-command.ts';
import { receiptCommand } from './commands/receipt-command.ts';
import { removeCommand } from './commands/remove-command.ts';
import { rotateCommand, waitCommand } from './commands/rotate-command.ts';
import { versionCommand } from './commands/version-command.ts';
import { speakingHelp } from './help.ts';
import type { Invocation } from './invocation.ts';
import { serverCommands } from './server-commands.ts';

/** The whole command line as commander has it: what is run, and what the reference page is made from. */
export function buildProgram(invocation: Invocation): Command {
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
  const groups: readonly (readonly [string, readonly Command[]])[] = [
    [
      help.groupRegister,
      [
        clusterCommand(invocation),
        applyCommand(invocation),
        diffCommand(invocation),
        removeCommand(invocation),
        deleteCommand(invocation),
        rotateCommand(invocation),
        waitCommand(invocation),
      ],
    ],
    [
      help.groupLook,
      [
        getCommand(invocation),
        describeCommand(invocation),
        eventsCommand(invocation),
        logsCommand(invocation),
        receiptCommand(invocation),
        catalogCommand(invocation),
      ],
    ],
    [help.groupAccess, [loginCommand(invocation), configCommand(invocation), doctorCommand(invocation)]],
    [help.groupServer, serverCommands(invocation)],
    [help.groupOther, [completionCommand(invocation), versionCommand(invocation)]],
  ];
  for (const [heading, commands] of groups)
    for (const command of commands) program.addCommand(command.helpGroup(heading));
  program.addCommand(
    completeCommand(invocation, () => program),
    { hidden: true },
  );
  program.addHelpText('after', `\n${help.footer}`);
  for (const command of allCommands(program)) speakingHelp(command, invocation.texts);
  return program;
}

/** The command and everything below it. */
export function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
