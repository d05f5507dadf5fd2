import { Command } from 'commander';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { tellAccess } from '../../progress/access.ts';
import { waitUntilReady } from '../../progress/wait.ts';
import type { WaitFlags } from '../../progress/mode.ts';
import { namedClusters, type NamingFlags, namingOptions } from './named-clusters.ts';
import { progressOptions, waitOptions } from './options.ts';

interface Flags extends WaitFlags, NamingFlags {}

export function rotateCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = namingOptions(new Command('rotate').description(help.rotate), invocation.texts);
  return waitOptions(command, invocation.texts, help.waitReady).action((words: readonly string[], flags: Flags) =>
    withClient(invocation, command, async (client, signal) => {
      const { terminal, texts } = invocation;
      for (const name of await namedClusters(invocation, { command, client }, words, flags, signal)) {
        const latest = await client.latestEvent(signal);
        const { generation } = await client.rotate(name, signal);
        terminal.print(`cluster/${name} ${texts.output.rotationAskedFor}`);
        if (flags.wait !== true) continue;
        const { timeout, progress } = flags;
        const request = { cluster: name, generation, after: latest, endsWithFailure: true, timeout, progress };
        const { credential } = await waitUntilReady(invocation, client, request, signal);
        terminal.tell(texts.output.credentialUntil(credential.expiresAt, credential.rotatedAt));
      }
    }),
  );
}

export function waitCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = namingOptions(new Command('wait').description(help.wait), invocation.texts);
  return progressOptions(command, invocation.texts).action((words: readonly string[], flags: Flags) =>
    withClient(invocation, command, async (client, signal) => {
      const { terminal, texts } = invocation;
      for (const name of await namedClusters(invocation, { command, client }, words, flags, signal)) {
        const { timeout, progress } = flags;
        const request = { cluster: name, endsWithFailure: false, timeout, progress };
        const status = await waitUntilReady(invocation, client, request, signal);
        terminal.print(`cluster/${name} ${texts.output.isReady}`);
        tellAccess(invocation, status);
      }
    }),
  );
}
