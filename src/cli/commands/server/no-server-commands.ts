import { Command } from 'commander';
import { exitCodes } from '../../invocation/failure.ts';
import type { Invocation } from '../../invocation/invocation.ts';

/** In the bundled client: says where the commands are that run a server. */
export function serverCommands({ texts, terminal }: Invocation): readonly Command[] {
  const { help, output } = texts;
  const descriptions = {
    server: help.server,
    token: help.tokenCommand,
    ca: help.ca,
    secrets: help.secrets,
    vault: help.vault,
    sandbox: help.sandbox,
  };
  return Object.entries(descriptions).map(([name, description]) =>
    new Command(name)
      .description(description)
      .argument('[arguments...]')
      .allowUnknownOption()
      .action(() => {
        terminal.say(`nautes: ${output.notInBundle(name)}`);
        process.exitCode = exitCodes.failed;
      }),
  );
}
