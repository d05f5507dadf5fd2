import { defined } from '../../../base/defined.ts';
import { Command } from 'commander';
import { stringifyYaml } from '../../../base/yaml.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { ServerVersion } from './server-version.ts';
import { safeJson } from '../../output/clean.ts';
import { outputOption } from './output-option.ts';

interface VersionFlags {
  readonly client?: true;
  readonly output?: string;
}

export function versionCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('version')
    .description(help.version)
    .option('--client', help.versionClient)
    .addOption(outputOption(invocation.texts, ['json', 'yaml']).choices(['json', 'yaml']));
  return command.action((flags: VersionFlags) => runVersion(invocation, command, flags));
}

async function runVersion(invocation: Invocation, command: Command, flags: VersionFlags): Promise<void> {
  const { terminal, texts, version } = invocation;
  const client = { version, node: process.version, platform: `${process.platform}-${process.arch}` };
  const { server, problem } = flags.client === true ? {} : await askServer(invocation, command);
  const content = { client, ...defined({ server }) };
  if (flags.output === 'json') terminal.data(`${safeJson(content, 2)}\n`);
  else if (flags.output === 'yaml') terminal.data(stringifyYaml(content));
  else {
    terminal.print(`${texts.output.clientVersion}: ${version}`);
    if (server !== undefined) terminal.print(`${texts.output.serverVersion}: ${server.version} (${server.address})`);
    if (server?.installation !== undefined) terminal.print(`${texts.output.installation}: ${server.installation}`);
  }
  if (problem !== undefined) throw problem;
}

async function askServer(invocation: Invocation, command: Command): Promise<ServerVersion> {
  const { serverVersion } = await import('./server-version.ts'); // the client's own version needs no connection
  return serverVersion(invocation, command);
}
