import { defined } from '../../../base/defined.ts';
import { Command } from 'commander';
import type { NautesClient } from '../../../client/index.ts';
import { clusterDocuments, type Kind } from '../../documents/kinds.ts';
import { reference } from '../../documents/document.ts';
import { namesInFiles } from '../../save/documents-of.ts';
import { namedOfKind } from '../../documents/object-names.ts';
import { pathOf, requireServed } from '../../documents/operation.ts';
import { type Invocation, withClient } from '../../invocation/invocation.ts';
import { OBJECT_FORMS, printerFor, type Printer, requireForm } from '../../output/print-objects.ts';
import { columnWidths, formatTable } from '../../output/table.ts';
import { wideRows } from '../../output/wide-table.ts';
import { agesOf, clusterHeads, clusterRow, type ListedCluster, readyText } from './cluster-rows.ts';
import { shownTable } from './cluster-table.ts';
import { nameFiles, selectors } from './named-clusters.ts';
import { selectClusters, summariesOf, withStatus } from './get-clusters.ts';
import { productOf } from './options.ts';
import { outputOption } from './output-option.ts';
import { watchClusters } from './watch-clusters.ts';

interface GetFlags {
  readonly output?: string;
  readonly product?: string;
  readonly watch?: true;
  readonly fieldSelector?: string;
  readonly selector?: string;
  readonly filename?: readonly string[];
  readonly recursive?: true;
}

export function getCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('get')
    .description(help.get)
    .argument('[kind]', help.kindOrReference)
    .argument('[names...]', help.names)
    .addOption(outputOption(invocation.texts, ['wide', ...OBJECT_FORMS]))
    .option('-p, --product <name>', help.product)
    .option('-w, --watch', help.watch);
  selectors(nameFiles(command, invocation.texts), invocation.texts);
  return command.action(async (word: string | undefined, names: readonly string[], flags: GetFlags) => {
    const words = word === undefined ? [] : [word, ...names];
    const inFiles = flags.filename === undefined ? [] : await namesInFiles(flags);
    // Without names the kind stands alone: in a file it is given by each object.
    const all = inFiles.length === 0 ? words : [...words, ...inFiles.map((one) => reference(one))];
    if (all.length === 0) command.error(`error: ${invocation.texts.output.kindOrFiles}`, { exitCode: 2 });
    await runGet(invocation, command, { ...namedOfKind(all), flags });
  });
}

/** `cluster list`: the clusters, as `get clusters` shows them. */
export function listCommand(invocation: Invocation): Command {
  const { help } = invocation.texts;
  const command = new Command('list')
    .description(help.clusterList)
    .addOption(outputOption(invocation.texts, ['wide', ...OBJECT_FORMS]))
    .option('-w, --watch', help.watch);
  selectors(command, invocation.texts);
  return command.action((flags: GetFlags) => runGet(invocation, command, { kind: clusterDocuments, names: [], flags }));
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
  const found = await selectClusters(client, names, flags, signal);
  if (print !== undefined) {
    const full = form === 'name' ? found : await withStatus(client, found, signal);
    terminal.data(print(full, names.length === 1, terminal.value));
  } else {
    const summaries = await summariesOf(client, names, signal);
    if (isWide) {
      const now = Date.now();
      const full = found.map((cluster) => {
        const status = summaries.get(cluster.name);
        return { ...cluster, status: status && { ...status, ready: readyText(status), ...agesOf(status, now) } };
      });
      terminal.print(formatTable(wideRows(kind, full)));
    } else {
      const rows = found.map((cluster) => clusterRow(invocation, cluster, summaries.get(cluster.name)));
      const all = [clusterHeads(invocation), ...rows];
      widths = columnWidths(all);
      if (rows.length === 0) terminal.tell(texts.output.noClusters);
      else terminal.print(shownTable(invocation, all));
    }
  }
  if (flags.watch === true)
    await watchClusters(invocation, client, { names: watchedNames(names, flags, found), print, form, widths }, signal);
}

/** All clusters are watched by no name; with a selector it is those that match now. */
function watchedNames(
  names: readonly string[],
  { selector, fieldSelector }: GetFlags,
  found: readonly ListedCluster[],
): readonly string[] {
  return selector === undefined && fieldSelector === undefined ? names : found.map(({ name }) => name);
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
