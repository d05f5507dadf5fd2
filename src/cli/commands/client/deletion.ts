import type { Command } from 'commander';
import { ApiRefusal, type NautesClient } from '../../../client/index.ts';
import { NautesError } from '../../../errors/errors.ts';
import { reference } from '../../documents/document.ts';
import type { Kind } from '../../documents/kinds.ts';
import { pathOf } from '../../documents/operation.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import { waitUntilDeleted } from '../../progress/wait.ts';
import { OBJECT_FORMS } from '../../output/print-objects.ts';
import { type OutcomePrinter, outcomePrinter } from '../../save/outcome.ts';
import { reportFailure } from '../../invocation/failure.ts';
import type { WaitFlags } from '../../progress/mode.ts';
import { waitOptions } from './options.ts';
import { outputOption } from './output-option.ts';
import { printReceipt } from './receipt-output.ts';

/** What deletions have in common. */
export interface DeleteFlags extends WaitFlags {
  readonly force?: true;
  readonly ignoreNotFound?: true;
  readonly dryRun?: true;
  /** More of the query than the flags say. */
  readonly query?: Readonly<Record<string, string>>;
  readonly output?: string;
}

export function deleteOptions(command: Command, { texts }: Invocation): Command {
  const { help } = texts;
  command
    .option('--force', help.force)
    .option('--ignore-not-found', help.ignoreNotFound)
    .option('--dry-run', help.dryRunDelete)
    .addOption(outputOption(texts, OBJECT_FORMS));
  return waitOptions(command, texts, help.waitDeleted);
}

export interface DeletionTarget {
  readonly kind: Kind;
  readonly name: string;
  readonly product: string;
}

/** Deletions that were agreed to, and those that came to nothing before. */
export interface AgreedDeletions {
  readonly targets: readonly DeletionTarget[];
  readonly failures?: readonly DeletionFailure[];
}

export interface DeletionFailure {
  readonly name: string;
  readonly error: unknown;
}

/** The options of a deletion as the API takes them. */
export function deletionQuery({ force, query }: DeleteFlags): Readonly<Record<string, string>> {
  return { ...query, ...(force === true ? { force: 'true' } : {}) };
}

/**
 * Deletes one after the other; one that fails does not keep the others from it.
 * @throws the first failure
 */
export async function deleteAll(
  invocation: Invocation,
  client: NautesClient,
  { targets, failures: before = [] }: AgreedDeletions,
  flags: DeleteFlags,
  signal: AbortSignal,
): Promise<void> {
  const { terminal, texts } = invocation;
  const print = outcomePrinter(invocation, flags.output);
  const failures = [...before];
  const total = targets.length + before.length;
  for (const target of targets) {
    try {
      await deleteOne(invocation, client, { target, print }, flags, signal);
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ name: target.name, error });
      if (total > 1) reportFailure(error, terminal, texts);
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  const names = failures.map(({ name }) => name).join(', ');
  if (total > 1) terminal.say(texts.output.someNotDeleted(total - failures.length, total, names));
  throw first.error;
}

/** Deletes one, says so, and with `--wait` waits until the cluster is off and shows the receipt. */
async function deleteOne(
  invocation: Invocation,
  client: NautesClient,
  { target, print }: { readonly target: DeletionTarget; readonly print: OutcomePrinter | undefined },
  flags: DeleteFlags,
  signal: AbortSignal,
): Promise<void> {
  const { terminal, texts } = invocation;
  const { kind, name, product } = target;
  const isWaiting = flags.wait === true && kind.name === 'Cluster';
  const before = isWaiting ? await client.status(name, signal).catch(absentOrThrow) : undefined;
  const after = isWaiting ? await client.latestEvent(signal) : 0;
  try {
    const reply = await client.call('DELETE', pathOf(kind, name, product), { query: deletionQuery(flags), signal });
    if (print === undefined) terminal.print(`${reference(target)} ${texts.output.deleted}`);
    else print(target, reply);
  } catch (error) {
    if (flags.ignoreNotFound !== true || !isNotFound(error)) throw error;
    sayNotThere(invocation, target);
    return;
  }
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

/** That there is no such thing to delete. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiRefusal && error.status === 404;
}

export function sayNotThere({ terminal, texts }: Invocation, target: DeletionTarget): void {
  terminal.say(`${reference(target)} ${texts.output.notThere}`);
}

function absentOrThrow(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}
