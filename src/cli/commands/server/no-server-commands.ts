import { Command } from 'commander';
import { exitCodes } from '../../invocation/exit-codes.ts';
import type { HelpTexts } from '../../texts/texts.ts';
import type { CommandTable, MakeCommand } from '../command-table.ts';

/** In the bundled client: says where the commands are that run a server. */
export const serverCommands: CommandTable = {
  server: async () => notice('server', 'server'),
  token: async () => notice('token', 'tokenCommand'),
  ca: async () => notice('ca', 'ca'),
  secrets: async () => notice('secrets', 'secrets'),
  storage: async () => notice('storage', 'storage'),
  vault: async () => notice('vault', 'vault'),
  sandbox: async () => notice('sandbox', 'sandbox'),
};

type Description = 'server' | 'tokenCommand' | 'ca' | 'secrets' | 'storage' | 'vault' | 'sandbox';

function notice(name: string, description: Description & keyof HelpTexts): MakeCommand {
  return ({ texts: { help, output }, terminal }) =>
    new Command(name)
      .description(help[description])
      .argument('[arguments...]')
      .allowUnknownOption()
      .action(() => {
        terminal.say(`nautes: ${output.notInBundle(name)}`);
        process.exitCode = exitCodes.failed;
      });
}
