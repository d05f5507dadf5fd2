import { defined } from '../../../base/defined.ts';
import { Command } from 'commander';
import { NautesError } from '../../../errors/errors.ts';
import { stringifyYaml } from '../../../base/yaml.ts';
import { interruption } from '../../invocation/process-end.ts';
import { accessOf, type Invocation } from '../../invocation/invocation.ts';
import { clientFor } from '../../contexts/connect.ts';
import { outputOption } from './options.ts';

interface VersionFlags {
  readonly client?: true;
  readonly output?: string;
}

/** A server that does not answer must not keep anybody waiting who asks for a version. */
const ANSWER_LIMIT = 5_000;

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
  const { server, problem } = flags.client === true ? {} : await serverVersion(invocation, command);
  const content = { client, ...defined({ server }) };
  if (flags.output === 'json') terminal.print(JSON.stringify(content, undefined, 2));
  else if (flags.output === 'yaml') terminal.write(stringifyYaml(content));
  else {
    terminal.print(`${texts.output.clientVersion}: ${version}`);
    if (server !== undefined) terminal.print(`${texts.output.serverVersion}: ${server.version} (${server.address})`);
  }
  if (problem !== undefined) throw problem;
}

interface ServerVersion {
  readonly server?: { readonly version: string; readonly address: string };
  readonly problem?: unknown;
}

/** Nothing when no server is named: that is no mistake here. */
async function serverVersion(invocation: Invocation, command: Command): Promise<ServerVersion> {
  try {
    const access = await accessOf(invocation, command);
    const client = clientFor(access, invocation);
    const signal = AbortSignal.any([interruption(), AbortSignal.timeout(ANSWER_LIMIT)]);
    try {
      return { server: { version: (await client.caller(signal)).server_version, address: access.server } };
    } finally {
      client.close();
    }
  } catch (error) {
    const isUnnamed = error instanceof NautesError && error.reason === 'ServerNotChosen';
    return isUnnamed ? {} : { problem: error };
  }
}
