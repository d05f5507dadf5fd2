import { defined } from '../../../base/defined.ts';
import { Command } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import type { Kind } from '../../documents/kinds.ts';
import { namedOfKind } from '../../documents/object-names.ts';
import { pathOf, requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { OBJECT_FORMS, printerFor, type Printer, requireForm } from '../../output/print-objects.ts';
import { columnWidths, formatTable } from '../../output/table.ts';
import { wideRows } from '../../output/wide-table.ts';
import { clusterHeads, clusterRow } from './cluster-rows.ts';
import { findClusters, summariesOf, withStatus } from './get-clusters.ts';
import { productOf } from './options.ts';
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
    .argument('<kind>', help.kindOrReference)
    .argument('[names...]', help.names)
    .addOption(outputOption(invocation.texts, ['wide', ...OBJECT_FORMS]))
    .option('-p, --product <name>', help.product)
    .option('-w, --watch', help.watch)
    .option('--field-selector <selector>', help.fieldSelector);
  return command.action((word: string, names: readonly string[], flags: GetFlags) =>
    runGet(invocation, command, { ...namedOfKind([word, ...names]), flags }),
  );
}

interface GetRequest {
  readonly kind: Kind;
  readonly names: readonly string[];
  readonly flags: GetFlags;
}

async function runGet(invocation: Invocation, command: Command, request: GetRequest): Promise<void> {
  const { kind, flags } = request;
  const product = productOf(kind, flags.product, invocation);
  const isWide = flags.output === 'wide';
  const print = requireForm(isWide ? undefined : flags.output, (one) => printerFor(one, kind));
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(client, [kind], signal);
    if (kind.name === 'Cluster') return getClusters(invocation, client, { ...request, isWide, print }, signal);
    const found = await objectsOf(client, request, product, signal);
    const { terminal } = invocation;
    if (print === undefined) terminal.print(formatTable(wideRows(kind, found)));
    else terminal.data(print(found, request.names.length === 1, terminal.value));
    return undefined;
  });
}

interface ClustersRequest extends GetRequest {
  readonly isWide: boolean;
  readonly print: Printer | undefined;
}

async function getClusters(
  invocation: Invocation,
  client: NautesClient,
  { kind, names, flags, isWide, print }: ClustersRequest,
  signal: AbortSignal,
): Promise<void> {
  const { terminal, texts } = invocation;
  const form = isWide ? undefined : flags.output;
  let widths: readonly number[] = [];
  const found = await findClusters(client, names, flags.fieldSelector, signal);
  if (print !== undefined) {
    const full = form === 'name' ? found : await withStatus(client, found, signal);
    terminal.data(print(full, names.length === 1, terminal.value));
  } else {
    const summaries = await summariesOf(client, names, signal);
    if (isWide) {
      const full = found.map((cluster) => ({ ...cluster, status: summaries.get(cluster.name) }));
      terminal.print(formatTable(wideRows(kind, full)));
    } else {
      const rows = found.map((cluster) => clusterRow(invocation, cluster, summaries.get(cluster.name)));
      const all = [clusterHeads(invocation), ...rows];
      widths = columnWidths(all);
      if (rows.length === 0) terminal.tell(texts.output.noClusters);
      else terminal.print(formatTable(all));
    }
  }
  if (flags.watch === true) await watchClusters(invocation, client, { names, print, form, widths }, signal);
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
  const query = defined({ field_selector: flags.fieldSelector });
  const reply = await client.call('GET', pathOf(kind, '', product), { query, signal });
  const items = typeof reply === 'object' && reply !== null && 'items' in reply ? reply.items : [];
  return Array.isArray(items) ? items : [];
}
