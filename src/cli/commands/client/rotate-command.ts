import { Command } from 'commander';
import { clusterNames } from '../../documents/object-names.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { tellAccess } from '../../progress/access.ts';
import { waitUntilReady } from '../../progress/wait.ts';
import type { WaitFlags } from '../../progress/mode.ts';
import { progressOptions, waitOptions } from './options.ts';

export function rotateCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('rotate').description(help.rotate).argument('<names...>', help.clusterReferences);
  return waitOptions(command, invocation.texts, help.waitReady).action((names: readonly string[], flags: WaitFlags) =>
    withClient(invocation, command, async (client, signal) => {
      const { terminal, texts } = invocation;
      for (const name of clusterNames(names)) {
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
  const command = new Command('wait').description(help.wait).argument('<names...>', help.clusterReferences);
  return progressOptions(command, invocation.texts).action((names: readonly string[], flags: WaitFlags) =>
    withClient(invocation, command, async (client, signal) => {
      const { terminal, texts } = invocation;
      for (const name of clusterNames(names)) {
        const { timeout, progress } = flags;
        const request = { cluster: name, endsWithFailure: false, timeout, progress };
        const status = await waitUntilReady(invocation, client, request, signal);
        terminal.print(`cluster/${name} ${texts.output.isReady}`);
        tellAccess(invocation, status);
      }
    }),
  );
}
