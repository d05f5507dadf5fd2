import { statusSummary } from '../../../contract/status-summary.ts';
import { followEvents, type NautesClient } from '../../../client/index.ts';
import type { Invocation } from '../../invocation/invocation.ts';
import type { Printer } from '../../output/print-objects.ts';
import { formatTable } from '../../output/table.ts';
import { clusterRow, registrationOrNone, statusOrNone } from './cluster-rows.ts';

/** What `get -w` shows of which clusters. */
export interface WatchRequest {
  readonly names: readonly string[];
  readonly print: Printer | undefined;
  readonly form: string | undefined;
  /** How wide the columns are that are shown already. */
  readonly widths: readonly number[];
}

/** A row, or an object, for every change of what a row shows. */
export async function watchClusters(
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
  { print, form, widths }: WatchRequest,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const cluster = await registrationOrNone(client, name, signal);
  const status = await statusOrNone(client, name, signal);
  if (print !== undefined) {
    if (cluster === undefined && status === undefined) return '';
    const shown = cluster ?? { name };
    return print([form === 'name' ? shown : { ...shown, status: status ?? null }], true);
  }
  if (cluster === undefined && status === undefined) return `${name}  ${invocation.texts.words.phase('Gone')}\n`;
  const row = clusterRow(invocation, cluster ?? { name }, status === undefined ? undefined : statusSummary(status));
  return `${formatTable([row], { widths })}\n`;
}
