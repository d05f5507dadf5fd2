import { Command, InvalidArgumentError } from 'commander';
import {
  ApiRefusal,
  type ClusterView,
  followEvents,
  type NautesClient,
  type StatusSummaryView,
  type StatusView,
} from '../../client/index.ts';
import type { Kind } from '../documents/kinds.ts';
import { pathOf, requireServed } from '../documents/operation.ts';
import { type Invocation, withClient } from '../invocation.ts';
import { printable } from '../output/display-width.ts';
import { OBJECT_FORMS, type Printer, printerFor } from '../output/print-objects.ts';
import { formatTable } from '../output/table.ts';
import { wideRows } from '../output/wide-table.ts';
import { kindOf, outputOption, productOf } from './options.ts';

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
    .addOption(outputOption(help.output, ['wide', ...OBJECT_FORMS]))
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

/** The printer of a form that was asked for; a form that there is not is a mistake of usage. */
export function requireForm(
  form: string | undefined,
  find: (form: string) => Printer | undefined,
): Printer | undefined {
  if (form === undefined) return undefined;
  const printer = find(form);
  if (printer === undefined) throw new InvalidArgumentError(form);
  return printer;
}

async function runGet(invocation: Invocation, command: Command, { kind, names, flags }: GetRequest): Promise<void> {
  const { terminal } = invocation;
  const product = productOf(kind, flags.product, invocation);
  const isCluster = kind.name === 'Cluster';
  const form = flags.output === 'wide' ? undefined : flags.output;
  const print = requireForm(form, (one) => printerFor(one, kind));
  await withClient(invocation, command, async (client, signal) => {
    await requireServed(client, [kind], signal);
    const found = await objectsOf(client, { kind, names, flags }, product, signal);
    if (print !== undefined) {
      const full = isCluster && form !== 'name' ? await withStatus(client, found, signal) : found;
      terminal.write(print(full, names.length === 1));
    } else if (flags.output === 'wide' || !isCluster) {
      terminal.print(formatTable(wideRows(kind, found)));
    } else {
      const statuses = await statusesOf(client, names, signal);
      const rows = (found as readonly ClusterView[]).map((cluster) =>
        clusterRow(invocation, cluster, statuses.get(cluster.name)),
      );
      terminal.print(
        found.length === 0 ? invocation.texts.output.noClusters : formatTable([clusterHeads(invocation), ...rows]),
      );
    }
    if (flags.watch === true && isCluster) await watch(invocation, client, { names, print, form }, signal);
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
  const query: Record<string, string> =
    flags.fieldSelector === undefined ? {} : { field_selector: flags.fieldSelector };
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

async function statusOrNone(client: NautesClient, name: string, signal: AbortSignal): Promise<StatusView | undefined> {
  try {
    return await client.status(name, signal);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined; // it went in the meantime
    throw error;
  }
}

async function statusesOf(
  client: NautesClient,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StatusSummaryView>> {
  if (names.length > 0 && names.length <= CONCURRENCY) {
    const statuses = await Promise.all(names.map((name) => statusOrNone(client, name, signal)));
    return new Map(
      statuses.flatMap((status) => (status === undefined ? [] : [[status.name, summaryOf(status)] as const])),
    );
  }
  return new Map((await client.statuses(signal)).map((summary) => [summary.name, summary]));
}

function summaryOf({ name, phase, conditions, components, credential, kubernetes }: StatusView): StatusSummaryView {
  const ready = conditions.find(({ type }) => type === 'Ready');
  return {
    name,
    phase,
    reason: ready?.reason ?? '',
    message: ready?.message ?? '',
    kubernetes_version: kubernetes.version,
    components: { total: components.length, ready: components.filter((one) => one.phase === 'Ready').length },
    credential_expires_at: credential.expiresAt,
  };
}

function clusterHeads({ texts }: Invocation): readonly string[] {
  return texts.output.clusterHeads;
}

function clusterRow(
  { texts }: Invocation,
  {
    name,
    cluster_type: type,
    usage,
    worker_type: worker,
    api_server: server,
  }: Pick<ClusterView, 'name' | 'cluster_type' | 'usage' | 'worker_type' | 'api_server'>,
  status: StatusSummaryView | undefined,
): readonly string[] {
  const count =
    status === undefined || status.components.total === 0
      ? ''
      : `${status.components.ready}/${status.components.total}`;
  const kind = [type, usage, worker].filter(Boolean).join('/');
  const phase = status?.phase ?? 'Pending';
  const reason = phase === 'Ready' || status === undefined ? '' : texts.words.message(status.reason, status.message);
  return [name, phase, kind, status?.kubernetes_version ?? '', count, server, reason];
}

interface WatchRequest {
  readonly names: readonly string[];
  readonly print: Printer | undefined;
  readonly form: string | undefined;
}

/** A row, or an object, for every change of what a row shows. */
async function watch(
  invocation: Invocation,
  client: NautesClient,
  request: WatchRequest,
  signal: AbortSignal,
): Promise<void> {
  const { names } = request;
  const last = new Map<string, string>();
  const [only] = names.length === 1 ? names : [];
  for await (const item of followEvents(client, { cluster: only, signal })) {
    if (item.kind !== 'event') continue;
    const { cluster: name } = item.event;
    if (names.length > 0 && !names.includes(name)) continue;
    const text = await shownNow(invocation, client, request, name, signal);
    if (text !== '' && last.get(name) !== text) invocation.terminal.write(text);
    last.set(name, text);
  }
  signal.throwIfAborted();
}

/** A cluster as it is now; empty when it is gone and there is no form to say so. */
async function shownNow(
  invocation: Invocation,
  client: NautesClient,
  { print, form }: WatchRequest,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const cluster = await client.cluster(name, signal).catch(absent);
  const status = await statusOrNone(client, name, signal);
  if (print !== undefined) {
    if (cluster === undefined) return '';
    return print([form === 'name' ? cluster : { ...cluster, status: status ?? null }], true);
  }
  if (cluster === undefined && status === undefined) return `${name}  ${invocation.texts.words.phase('Gone')}\n`;
  const gone = { name, cluster_type: '', usage: '', worker_type: '', api_server: '' };
  const row = clusterRow(invocation, cluster ?? gone, status === undefined ? undefined : summaryOf(status));
  return `${printable(row.join('  ')).trimEnd()}\n`;
}

function absent(error: unknown): undefined {
  if (error instanceof ApiRefusal && error.status === 404) return undefined;
  throw error;
}
