import type { Command } from 'commander';
import { caCommand } from './ca-command.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { sandboxCommand } from './sandbox-command.ts';
import { secretsCommand } from './secrets-command.ts';
import { serverCommand } from './server-command.ts';
import { tokenCommand } from './token-command.ts';
import { vaultCommand } from './vault-command.ts';

/** The commands of those who run a server. The bundled client has {@link ./no-server-commands.ts} in their place. */
export function serverCommands(invocation: Invocation): readonly Command[] {
  return [
    serverCommand(invocation),
    tokenCommand(invocation),
    caCommand(invocation),
    secretsCommand(invocation),
    vaultCommand(invocation),
    sandboxCommand(invocation),
  ];
}
