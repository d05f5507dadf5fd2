import { NautesError } from '../../errors/errors.ts';
import { action } from '../../messages/action.ts';
import { ApiRefusal, type NautesClient } from '../../client/index.ts';
import type { ReceiptView, StatusView } from '../../contract/views.ts';
import { Interrupted } from '../invocation/process-end.ts';
import type { Invocation } from '../invocation/invocation.ts';
import type { ProgressMode } from './mode.ts';
import { AwaitedGeneration } from './awaited-generation.ts';
import { followCluster } from './follow.ts';
import { openReport, type ProgressOutcome, type ProgressReport } from './report.ts';
import { remedyText } from '../texts/remedy.ts';

export interface WaitRequest {
  readonly cluster: string;
  /** Generation that has to be checked before a phase counts, or what took its place meanwhile; any when absent. */
  readonly generation?: string;
  /** Whether a cluster that a person has to look at ends the waiting; the server tries on all the same. */
  readonly endsWithFailure: boolean;
  /** Id of the last event that is known. */
  readonly after?: number;
  readonly timeout: number;
  readonly progress: ProgressMode;
  /** Told of every status, e.g. to see when a credential has been taken over. */
  readonly onStatus?: (status: StatusView) => void;
}

/**
 * Waits until the cluster is ready, and shows how that goes.
 * @throws NautesError `WaitTimedOut`, `ClusterNotReady`, `ClusterNotFound`
 */
export async function waitUntilReady(
  invocation: Invocation,
  client: NautesClient,
  request: WaitRequest,
  signal: AbortSignal,
): Promise<StatusView> {
  const { cluster, generation, endsWithFailure } = request;
  const awaited = generation === undefined ? undefined : new AwaitedGeneration(client, cluster, generation);
  return waiting<StatusView>(invocation, client, { ...request, goal: 'ready' }, signal, async (status, observing) => {
    if (status === undefined) throw new NautesError('ClusterNotFound', { cluster });
    request.onStatus?.(status);
    if (awaited !== undefined && !(await awaited.isObservedBy(status, observing))) return undefined;
    if (status.phase === 'Ready') return { outcome: 'ready', result: status };
    const isFailure = status.phase === 'Failed' || status.phase === 'Degraded';
    if (!isFailure || !endsWithFailure) return undefined;
    return failure(invocation, status);
  });
}

/** A person has to look; the server tries on all the same. */
function failure({ texts }: Invocation, { name: cluster, phase, conditions }: StatusView): FailedVerdict {
  const ready = conditions.find(({ type }) => type === 'Ready');
  const state = [texts.words.phase(phase), ready?.message ?? ''].join(texts.output.colon);
  const advice = [remedyText(ready ?? {}, texts.language), texts.output.serverTriesOn]
    .filter(Boolean)
    .join(texts.output.sentenceSpace);
  return {
    outcome: 'failed',
    error: new NautesError('ClusterNotReady', { cluster, state }, { action: action('Advice', { text: advice }) }),
  };
}

/**
 * Waits until a look has ended that began at that time or later, and shows how that goes.
 * @throws NautesError `WaitTimedOut`, `ClusterNotReady`, `ClusterNotFound`
 */
export async function waitUntilChecked(
  invocation: Invocation,
  client: NautesClient,
  request: Omit<WaitRequest, 'generation' | 'endsWithFailure' | 'onStatus'> & { readonly since: string },
  signal: AbortSignal,
): Promise<StatusView> {
  const { cluster, since } = request;
  return waiting<StatusView>(invocation, client, { ...request, goal: 'ready' }, signal, async (status) => {
    if (status === undefined) throw new NautesError('ClusterNotFound', { cluster });
    if ((status.lastCheckedAt ?? '') < since) return undefined;
    if (status.phase === 'Failed' || status.phase === 'Degraded') return failure(invocation, status);
    return { outcome: status.phase === 'Ready' ? 'ready' : 'checked', result: status };
  });
}

/**
 * Waits until the registration is off, and shows how that goes.
 * @throws NautesError `WaitTimedOut`
 */
export async function waitUntilDeleted(
  invocation: Invocation,
  client: NautesClient,
  request: Omit<WaitRequest, 'generation' | 'endsWithFailure' | 'onStatus'> & {
    /** The registration that goes; empty when none is known. */
    readonly incarnation: string;
  },
  signal: AbortSignal,
): Promise<ReceiptView> {
  const { cluster, incarnation } = request;
  return waiting<ReceiptView>(invocation, client, { ...request, goal: 'deleted' }, signal, async (status) => {
    if (status !== undefined && status.incarnation === incarnation) return undefined;
    const receipt = await receiptOf(client, cluster, signal);
    const isOurs = receipt !== undefined && (incarnation === '' || receipt.incarnation === incarnation);
    return isOurs ? { outcome: 'deleted', result: receipt } : undefined;
  });
}

async function receiptOf(client: NautesClient, name: string, signal: AbortSignal): Promise<ReceiptView | undefined> {
  try {
    return await client.receipt(name, signal);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 404) return undefined;
    throw error;
  }
}

type Verdict<T> = { readonly outcome: ProgressOutcome; readonly result: T } | FailedVerdict;

interface FailedVerdict {
  readonly outcome: 'failed';
  readonly error: NautesError;
}

interface Waiting {
  readonly cluster: string;
  readonly after?: number;
  readonly timeout: number;
  readonly progress: ProgressMode;
  readonly goal: 'ready' | 'deleted';
}

/** What a judge may use besides the status. */
interface Observing {
  readonly signal: AbortSignal;
  readonly onReplaced: () => void;
}

async function waiting<T>(
  invocation: Invocation,
  client: NautesClient,
  { cluster, after, timeout, progress, goal }: Waiting,
  signal: AbortSignal,
  judge: (status: StatusView | undefined, observing: Observing) => Promise<Verdict<T> | undefined>,
): Promise<T> {
  const report = openReport(invocation, { cluster, mode: progress, goal });
  const limit = AbortSignal.timeout(timeout);
  const limited = AbortSignal.any([signal, limit]);
  const onReplaced = (): void => report.note(invocation.texts.output.changedMeanwhile(cluster));
  let last: StatusView | undefined;
  let verdict: Verdict<T> | undefined;
  const observer = {
    onEvent: report.event.bind(report),
    onTrouble: report.trouble.bind(report),
    onStatus: async (status: StatusView | undefined): Promise<boolean> => {
      last = status;
      verdict = await judge(status, { signal: limited, onReplaced });
      report.status(status);
      return verdict !== undefined;
    },
  };
  try {
    await followCluster(client, cluster, observer, { after, signal: limited });
  } catch (error) {
    throw endOf(report, error, { invocation, cluster, timeout, goal, last, isOver: limit.aborted && !signal.aborted });
  }
  if (verdict === undefined) throw new Error('the following ended by itself');
  report.end(verdict.outcome);
  if ('error' in verdict) throw verdict.error;
  return verdict.result;
}

interface Ending {
  readonly invocation: Invocation;
  readonly cluster: string;
  readonly timeout: number;
  readonly goal: 'ready' | 'deleted';
  readonly last: StatusView | undefined;
  readonly isOver: boolean;
}

/** What a wait that came to nothing is for the caller: time over, Ctrl-C with a line about what continues, or a refusal. */
function endOf(report: ProgressReport, error: unknown, ending: Ending): unknown {
  const { invocation, cluster, timeout, goal, last, isOver } = ending;
  const { texts, terminal } = invocation;
  if (isOver) {
    report.end('timedOut');
    const ready = last?.conditions.find(({ type }) => type === 'Ready');
    const said = ready?.message ?? '';
    const state = [texts.words.phase(last?.phase ?? 'Pending'), said].filter(Boolean).join(texts.output.colon);
    return new NautesError('WaitTimedOut', { cluster, seconds: Math.round(timeout / 1000), state });
  }
  if (error instanceof Interrupted) {
    report.end('interrupted');
    terminal.tell(texts.output.goesOn(cluster, goal));
    return error;
  }
  report.end('refused');
  return error;
}
