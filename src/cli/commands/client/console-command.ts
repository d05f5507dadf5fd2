import { Command } from 'commander';
import { type Invocation, withClient } from '../../invocation/invocation.ts';

/** Prints the address of the console: on a terminal a link that logs a browser in once, elsewhere without that secret. */
export function consoleCommand(invocation: Invocation): Command {
  const { terminal, texts } = invocation;
  const command = new Command('console').description(texts.help.console);
  return command.action(() =>
    withClient(invocation, command, async (client, signal) => {
      if (terminal.dataColumns === undefined) return terminal.print(`${client.server}/console`);
      const { path } = await client.loginLink(signal);
      terminal.print(client.server + path);
      terminal.say(texts.output.linkWorksOnce);
    }),
  );
}
