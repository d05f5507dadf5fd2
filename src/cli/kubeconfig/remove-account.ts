import { type Invocation, warning } from '../invocation/invocation.ts';
import type { BootstrapAccount } from './bootstrap-account.ts';

/** Removes the account and says so. When that fails it is said too, with the commands that do it: nothing is thrown. */
export async function removeAccount(invocation: Invocation, account: BootstrapAccount): Promise<void> {
  const { terminal, texts } = invocation;
  try {
    await account.remove();
    terminal.say(texts.output.accountRemoved(account.name));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    terminal.say(warning(invocation, `${texts.output.accountNotRemoved(account.name)} ${problem}`));
    sayRemovalCommands(invocation, account);
  }
}

export function sayRemovalCommands({ terminal }: Invocation, account: BootstrapAccount): void {
  terminal.say(account.removalCommands.map((command) => `  ${command}`));
}
