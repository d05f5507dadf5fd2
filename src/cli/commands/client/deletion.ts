import type { Command } from 'commander';
import { ApiRefusal, type NautesClient } from '../../../client/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { reference } from '../../documents/document.ts';
import type { Kind } from '../../documents/kinds.ts';
import { pathOf } from '../../documents/operation.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { waitUntilDeleted } from '../../progress/wait.ts';
import { type WaitFlags, waitOptions } from './options.ts';
import { printReceipt } from './receipt-output.ts';

/** What deletions have in common. */
export interface DeleteFlags extends WaitFlags {
  readonly force?: true;
  readonly ignoreNotFound?: true;
}

export function deleteOptions(command: Command, { texts }: Invocation): Command {
  const { help } = texts;
  command.option('--force', help.force).option('--ignore-not-found', help.ignoreNotFound);
  return waitOptions(command, texts, help.waitDeleted);
}

export interface DeletionTarget {
  readonly kind: Kind;
  readonly name: string;
  readonly product: string;
}

/** Deletes one, says so, and with `--wait` waits until the cluster is off and shows the receipt. */
export async function deleteOne(
  invocation: Invocation,
  client: NautesClient,
  target: DeletionTarget,
  flags: DeleteFlags & { readonly query?: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<void> {
  const { terminal, texts } = invocation;
  const { kind, name, product } = target;
  const isWaiting = flags.wait === true && kind.name === 'Cluster';
  const before = isWaiting ? await client.status(name, signal).catch(absentOrThrow) : undefined;
  const after = isWaiting ? await client.latestEvent(signal) : 0;
  const query = { ...flags.query, ...(flags.force === true ? { force: 'true' } : {}) };
  try {
    await client.call('DELETE', pathOf(kind, name, product), { query, signal });
  } catch (error) {
    if (flags.ignoreNotFound !== true || !(error instanceof ApiRefusal) || error.status !== 404) throw error;
    terminal.say(`${reference(target)} ${texts.output.notThere}`);
    return;
  }
  terminal.print(`${reference(target)} ${texts.output.deleted}`);
  if (kind.name !== 'Cluster') return;
  if (!isWaiting) {
    terminal.tell(texts.output.receiptHint(name));
    return;
  }
  const { timeout, progress } = flags;
  const request = { cluster: name, incarnation: before?.incarnation ?? '', after, timeout, progress };
  const receipt = await waitUntilDeleted(invocation, client, request, signal);
  printReceipt(invocation, receipt, 'messages');
  const { length: count } = receipt.remaining;
  if (count > 0 && flags.force !== true) throw new NautesError('DeletionIncomplete', { cluster: name, count });
}

function absentOrThrow(error: unknown): undefined {
  if (error instanceof ApiRefusal && error.status === 404) return undefined;
  throw error;
}
