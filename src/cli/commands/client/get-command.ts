import { defined } from '../../../base/defined.ts';
import { statusSummary } from '../../../contract/status-summary.ts';
import { Command } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import type { ClusterView, StatusSummaryView } from '../../../contract/views.ts';
import type { Kind } from '../../documents/kinds.ts';
import { pathOf, requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { OBJECT_FORMS, printerFor, requireForm } from '../../output/print-objects.ts';
import { columnWidths, formatTable } from '../../output/table.ts';
import { wideRows } from '../../output/wide-table.ts';
import { clusterHeads, clusterRow, statusOrNone } from './cluster-rows.ts';
import { kindOf, productOf } from './options.ts';
import { outputOption } from './output-option.ts';
import { watchClusters } from './watch-clusters.ts';

interface GetFlags {
  readonly output?: string;
  readonly product?: string;
  readonly watch?: true;
  readonly fieldSelector?: string;
}

export function getCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('get')
    .description(help.get)
    .argument('<kind>', help.kindArgument)
    .argument('[names...]', help.names)
    .addOption(outputOption(invocation.texts, ['wide', ...OBJECT_FORMS]))
    .option('-p, --product <name>', help.product)
    .option('-w, --watch', help.watch)
    .option('--field-selector <selector>', help.fieldSelector);
  return command.action((word: string, names: readonly string[], flags: GetFlags) =>
    runGet(invocation, command, { kind: kindOf(word), names, flags }),
  );
}

interface GetRequest {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly flags: GetFlags;
}

async function runGet(invocation: Invocation, command: Command, { kind, names, flags }: GetRequest): Promise<void> {
  const { terminal } = invocation;
  const product = productOf(kind, flags.product, invocation);
  const isCluster = kind.name === 'Cluster';
  const form = flags.output === 'wide' ? undefined : flags.output;
  const print = requireForm(form, (one) => printerFor(one, kind));
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(client, [kind], signal);
    let widths: readonly number[] = [];
    const found = await objectsOf(client, { kind, names, flags }, product, signal);
    if (print !== undefined) {
      const full = isCluster && form !== 'name' ? await withStatus(client, found, signal) : found;
      terminal.write(print(full, names.length === 1));
    } else if (flags.output === 'wide' || !isCluster) {
      terminal.print(formatTable(wideRows(kind, found)));
    } else {
      const statuses = await statusesOf(client, names, signal);
      const clusters = found as readonly ClusterView[];
      const rows = clusters.map((cluster) => clusterRow(invocation, cluster, statuses.get(cluster.name)));
      const all = [clusterHeads(invocation), ...rows];
      widths = columnWidths(all);
      if (rows.length === 0) terminal.tell(invocation.texts.output.noClusters);
      else terminal.print(formatTable(all));
    }
    if (flags.watch === true && isCluster) {
      await watchClusters(invocation, client, { names, print, form, widths }, signal);
    }
  });
}

async function objectsOf(
  client: NautesClient,
  { kind, names, flags }: GetRequest,
  product: string,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  if (names.length > 0) {
    return Promise.all(names.map((name) => client.call('GET', pathOf(kind, name, product), { signal })));
  }
  const query: Record<string, string> = defined({ field_selector: flags.fieldSelector });
  const reply = await client.call('GET', pathOf(kind, '', product), { query, signal });
  const items = typeof reply === 'object' && reply !== null && 'items' in reply ? reply.items : [];
  return Array.isArray(items) ? items : [];
}

/** Statuses at a time: a list of thousands must not open thousands of connections. */
const CONCURRENCY = 8;

/** The clusters as they are registered, each with its status. */
async function withStatus(
  client: NautesClient,
  clusters: readonly unknown[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const full: unknown[] = [];
  for (let at = 0; at < clusters.length; at += CONCURRENCY) {
    const some = clusters.slice(at, at + CONCURRENCY) as readonly ClusterView[];
    const statuses = await Promise.all(some.map(({ name }) => statusOrNone(client, name, signal)));
    full.push(...some.map((cluster, index) => ({ ...cluster, status: statuses[index] ?? null })));
  }
  return full;
}

async function statusesOf(
  client: NautesClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StatusSummaryView>> {
  if (names.length > 0 && names.length <= CONCURRENCY) {
    const statuses = await Promise.all(names.map((name) => statusOrNone(client, name, signal)));
    return new Map(
      statuses.flatMap((status) => (status === undefined ? [] : [[status.name, statusSummary(status)] as const])),
    );
  }
  return new Map((await client.statuses(signal)).map((summary) => [summary.name, summary]));
}
