import { defined } from '../../../base/defined.ts';
import { Command } from 'commander';
import type { Configuration } from '../../../server/configuration/configuration.ts';
import type { Invocation } from '../../invocation/invocation.ts';

interface VaultOptions {
  readonly config?: string;
}

export function vaultCommand({ texts: { help }, terminal }: Invocation): Command {
  const policy = new Command('policy')
    .description(help.vaultPolicy)
    .option('--config <file>', help.serverConfig)
    .action(async (options: VaultOptions) => terminal.data(await policyFor(options)));
  const setup = new Command('setup')
    .description(help.vaultSetup)
    .option('--config <file>', help.serverConfig)
    .action(async (options: VaultOptions) => terminal.data(await setupFor(options)));
  return new Command('vault').description(help.vault).addCommand(policy).addCommand(setup);
}

async function policyFor({ config }: VaultOptions): Promise<string> {
  const { vaultPolicy } = await import('../../../server/compose/vault-setup.ts');
  return vaultPolicy(await configurationOf(config));
}

async function setupFor({ config }: VaultOptions): Promise<string> {
  const policyCommand = `nautes vault policy${config === undefined ? '' : ` --config ${config}`}`;
  const { vaultSetup } = await import('../../../server/compose/vault-setup.ts');
  return vaultSetup(await configurationOf(config), policyCommand);
}

/** As for a server that keeps its secrets in Vault: that is what is being prepared. */
async function configurationOf(file: string | undefined): Promise<Configuration> {
  const { loadConfiguration } = await import('../../../server/configuration/load.ts');
  const configuration = await loadConfiguration({
    ...defined({ file }),
    environment: process.env,
  });
  return { ...configuration, secrets: { ...configuration.secrets, store: 'vault' as const } };
}
