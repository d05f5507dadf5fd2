import { Command } from 'commander';
import type { Configuration } from '../../../server/configuration/configuration.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { serverConfiguration, type ServerOptions } from './server-configuration.ts';

type VaultOptions = Pick<ServerOptions, 'config'>;

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

async function policyFor(options: VaultOptions): Promise<string> {
  const { vaultPolicy } = await import('../../../server/compose/vault-setup.ts');
  return vaultPolicy(await configurationOf(options));
}

async function setupFor(options: VaultOptions): Promise<string> {
  const { config } = options;
  const policyCommand = `nautes vault policy${config === undefined ? '' : ` --config ${config}`}`;
  const { vaultSetup } = await import('../../../server/compose/vault-setup.ts');
  return vaultSetup(await configurationOf(options), policyCommand);
}

/** As for a server that keeps its secrets in Vault: that is what is being prepared. */
async function configurationOf(options: VaultOptions): Promise<Configuration> {
  const configuration = await serverConfiguration(options);
  return { ...configuration, secrets: { ...configuration.secrets, store: 'vault' as const } };
}
