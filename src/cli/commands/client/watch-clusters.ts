import { statusSummary } from '../../../contract/status-summary.ts';
import { sha256 } from '../../../base/hash.ts';
import { followEvents, type NautesClient } from '../../../client/index.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Printer } from '../../output/print-objects.ts';
import { shownTable } from './cluster-table.ts';
import { clusterRow, registrationOrNone, statusOrNone } from './cluster-rows.ts';

/** What `get -w` shows of which clusters. */
export interface WatchRequest {
  readonly names: readonly string[];
  readonly print: Printer | undefined;
  readonly form: string | undefined;
  /** How wide the columns are that are shown already. */
  readonly widths: readonly number[];
}

/** Clusters of which it is known what was shown last. */
const MAXIMUM_WATCHED = 10_000;

/** A row, or an object, for every change of what a row shows. */
export async function watchClusters(
  invocation: Invocation,
  client: NautesClient,
  request: WatchRequest,
  signal: AbortSignal,
): Promise<void> {
  const { names } = request;
  /** By name the digest of what was shown. */
  const last = new Map<string, string>();
  const [only] = names.length === 1 ? names : [];
  for await (const item of followEvents(client, { cluster: only, signal })) {
    if (item.kind !== 'event') continue;
    const { cluster: name } = item.event;
    if (names.length > 0 && !names.includes(name)) continue;
    const now = await shownNow(invocation, client, request, name, signal);
    if (now !== undefined && last.get(name) !== sha256(now.text)) now.show();
    last.delete(name);
    last.set(name, sha256(now?.text ?? ''));
    const [oldest] = last.keys();
    if (last.size > MAXIMUM_WATCHED && oldest !== undefined) last.delete(oldest);
  }
  signal.throwIfAborted();
}

/** What is shown of a cluster, and how. */
interface Showing {
  readonly text: string;
  readonly show: () => void;
}

/** A cluster as it is now; `undefined` when it is gone and there is no form to say so. */
async function shownNow(
  invocation: Invocation,
  client: NautesClient,
  { print, form, widths }: WatchRequest,
  name: string,
  signal: AbortSignal,
): Promise<Showing | undefined> {
  const { terminal } = invocation;
  const cluster = await registrationOrNone(client, name, signal);
  const status = await statusOrNone(client, name, signal);
  if (print !== undefined) {
    if (cluster === undefined && status === undefined) return undefined;
    const shown = cluster ?? { name };
    const text = print([form === 'name' ? shown : { ...shown, status: status ?? null }], true, terminal.value);
    return { text, show: () => terminal.data(text) };
  }
  const showing = (lines: readonly string[]): Showing => ({
    text: lines.join('\n'),
    show: () => terminal.print(lines),
  });
  if (cluster === undefined && status === undefined)
    return showing([`${name}  ${invocation.texts.words.phase('Gone')}`]);
  const row = clusterRow(invocation, cluster ?? { name }, status === undefined ? undefined : statusSummary(status));
  return showing(shownTable(invocation, [row], widths));
}
