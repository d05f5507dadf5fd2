import { ApiRefusal, type NautesClient } from '../../../client/index.ts';
import type { ClusterView, StatusSummaryView, StatusView } from '../../../contract/views.ts';
import type { Invocation } from '../../invocation/invocation.ts';

/** The status, or none when the cluster went in the meantime. */
export async function statusOrNone(
  client: NautesClient,
  name: string,
  signal: AbortSignal,
): Promise<StatusView | undefined> {
  try {
    return await client.status(name, signal);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined; // it went in the meantime
    throw error;
  }
}

/** Headings of {@link clusterRow}. */
export function clusterHeads({ texts }: Invocation): readonly string[] {
  return texts.output.clusterHeads;
}

/** A cluster in the table of `get`. */
export function clusterRow(
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
  const reason = phase === 'Ready' || status === undefined ? '' : status.message;
  return [name, texts.words.phase(phase), kind, status?.kubernetes_version ?? '', count, server, reason];
}
