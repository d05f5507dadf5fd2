import { Command, Option } from 'commander';
import { applyCommand } from './commands/client/apply-command.ts';
import { catalogCommand } from './commands/client/catalog-command.ts';
import { clusterCommand } from './commands/client/cluster-command.ts';
import { completeCommand, completionCommand } from './commands/client/completion-command.ts';
import { configCommand } from './commands/client/config-command.ts';
import { deleteCommand } from './commands/client/delete-command.ts';
import { describeCommand } from './commands/client/describe-command.ts';
import { diffCommand } from './commands/client/diff-command.ts';
import { doctorCommand } from './commands/client/doctor-command.ts';
import { eventsCommand, logsCommand } from './commands/client/events-command.ts';
import { getCommand } from './commands/client/get-command.ts';
import { loginCommand } from './commands/client/login-command.ts';
import { receiptCommand } from './commands/client/receipt-command.ts';
import { removeCommand } from './commands/client/remove-command.ts';
import { rotateCommand, waitCommand } from './commands/client/rotate-command.ts';
import { versionCommand } from './commands/client/version-command.ts';
import { localizeHelp } from './help.ts';
import type { Invocation } from './invocation/invocation.ts';
import { serverCommands } from './commands/server/server-commands.ts';

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
  for (const command of allCommands(program)) localizeHelp(command, invocation.texts);
  return program;
}

/** The command and everything below it. */
export function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
