import { Command } from 'commander';
import { sleep } from '../../../base/async/timing.ts';
import { ApiRefusal, type NautesClient } from '../../../client/index.ts';
import type { SyncRequestedView } from '../../../contract/views.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { waitUntilChecked } from '../../progress/wait.ts';
import { namedClusters, type NamingFlags, namingOptions } from './named-clusters.ts';
import type { WaitFlags } from '../../progress/mode.ts';
import { waitOptions } from './options.ts';

interface SyncFlags extends WaitFlags, NamingFlags {}

export function syncCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = namingOptions(new Command('sync').description(help.sync), invocation.texts);
  return waitOptions(command, invocation.texts, help.waitChecked).action((names: readonly string[], flags: SyncFlags) =>
    runSync(invocation, command, names, flags),
  );
}

async function runSync(
  invocation: Invocation,
  command: Command,
  words: readonly string[],
  flags: SyncFlags,
): Promise<void> {
  const { terminal, texts } = invocation;
  const { wait, timeout, progress } = flags;
  await withClient(invocation, command, async (client, signal) => {
    const wanted = await namedClusters(invocation, { command, client }, words, flags, signal);
    const asked: { readonly name: string; readonly since: string; readonly after: number }[] = [];
    for (const name of wanted) {
      const after = wait === true ? await client.latestEvent(signal) : 0;
      const { requested_at: since } = await syncWhenAllowed(client, name, signal);
      terminal.print(`cluster/${name} ${texts.output.isBeingChecked}`);
      asked.push({ name, since, after });
    }
    if (wait !== true) return;
    for (const { name, since, after } of asked) {
      const request = { cluster: name, since, after, timeout, progress };
      const { phase, conditions } = await waitUntilChecked(invocation, client, request, signal);
      const said = conditions.find(({ type }) => type === 'Ready')?.message ?? '';
      terminal.print(`cluster/${name} ${[texts.words.phase(phase), said].filter(Boolean).join(texts.output.colon)}`);
    }
  });
}

/** Requests for a look at one cluster. */
const MAXIMUM_ATTEMPTS = 20;

/** Asks again where the server says that the caller has asked for too many. */
async function syncWhenAllowed(client: NautesClient, name: string, signal: AbortSignal): Promise<SyncRequestedView> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.sync(name, signal);
    } catch (error) {
      const isLater = error instanceof ApiRefusal && error.status === 429 && error.retryAfterSeconds !== undefined;
      if (!isLater || attempt === MAXIMUM_ATTEMPTS) throw error;
      await sleep(error.retryAfterSeconds * 1000, signal);
    }
  }
}
