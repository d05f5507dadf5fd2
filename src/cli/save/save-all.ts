import type { NautesClient } from '../../client/index.ts';
import { defined } from '../../base/defined.ts';
import type { CheckFlags } from '../documents/operation.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { AccountWatch } from '../kubeconfig/account-use.ts';
import { tellAccess } from '../progress/access.ts';
import type { WaitFlags } from '../progress/mode.ts';
import { waitUntilReady } from '../progress/wait.ts';
import type { PlanWork } from './plan.ts';
import { saveDocument } from './send.ts';

/** Documents to save, in their order. */
export interface SaveWork extends PlanWork {
  readonly watch: AccountWatch;
  /** Conditions of the save of each. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Saves the documents and, with `--wait`, follows each cluster among them until it is ready. */
export async function saveAll(
  invocation: Invocation,
  client: NautesClient,
  { documents, ...work }: SaveWork,
  flags: CheckFlags & WaitFlags,
  signal: AbortSignal,
): Promise<void> {
  const isWaiting = flags.wait === true;
  const after = isWaiting ? await client.latestEvent(signal) : undefined;
  /** The last generation of each: of several documents of one name the server carries out only the last. */
  const saved = new Map<string, string>();
  for (const document of documents) {
    const reply = await saveDocument(invocation, client, { document, ...work }, flags, signal);
    if (document.kind.name === 'Cluster') saved.set(document.name, reply.generation ?? '');
  }
  if (!isWaiting) return;
  const { timeout, progress } = flags;
  const { onStatus } = work.watch;
  for (const [cluster, generation] of saved) {
    const request = { cluster, generation, endsWithFailure: true, timeout, progress, onStatus, ...defined({ after }) };
    tellAccess(invocation, await waitUntilReady(invocation, client, request, signal));
  }
}
