import { Command } from 'commander';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { outputOption } from './output-option.ts';
import { printRows, REPLY_FORMS, runReading, wholeSeconds } from './reading.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** The access tokens of a server, for maintainers. They are made on the server, by `nautes token create`. */
export function tokensCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  return new Command('tokens')
    .description(help.tokens)
    .addCommand(listTokens(invocation), { isDefault: true })
    .addCommand(revokeToken(invocation));
}

function listTokens(invocation: Invocation): Command {
  const { help, output: words } = invocation.texts;
  const command = new Command('list')
    .description(help.tokensList)
    .addOption(outputOption(invocation.texts, REPLY_FORMS));
  return command.action(({ output }: { readonly output?: string }) =>
    runReading(invocation, command, output, {
      kind: 'Tokens',
      read: (client, signal) => client.tokens(signal),
      show: ({ items, unreadable }) => {
        const rows = items.map(({ name, role, created_at: created, expires_at: end, last_used_at: used = '' }) => [
          name,
          role,
          created.slice(0, DAY_LENGTH),
          wholeSeconds(end) || words.never,
          used || '-',
        ]);
        printRows(invocation, words.tokenHeads, rows);
        for (const each of unreadable) invocation.terminal.tell(words.tokenUnreadable(each));
      },
    }),
  );
}

function revokeToken(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('revoke').description(help.tokensRevoke).argument('<token>', help.tokenRevokeName);
  return command.action((name: string) =>
    withClient(invocation, command, async (client, signal) => {
      const { message } = await client.revokeToken(name, signal);
      invocation.terminal.say(message);
    }),
  );
}
