import { backoff } from '../../../../../base/async/timing.ts';
import { message } from '../../../../../messages/message.ts';
import { publicationGroups, type PublicationPlace, type Publishing } from '../../../../../publish/index.ts';
import { done, skipped, type Stage, type StageResult } from '../../../../../reconcile/stage.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import type { PublicationStatus } from '../../../../../resources/cluster/publication.ts';
import type { StageContext } from '../../../runtime/stage-context.ts';
import { withdrawFormer } from './former.ts';
import { publishOne } from './publish-one.ts';

/** What could not be published, or withdrawn, is tried again: for each cluster by itself, and less and less often. */
const RETRY = { initialMilliseconds: 4_000, maximumMilliseconds: 300_000 };

/** Reason of a publication that is as it should be. */
const PUBLISHED = 'Published';

/**
 * Makes the cluster known to those who deploy to it. It does not count for Ready: the cluster itself is as declared, and
 * a management cluster that is away would make every cluster unready.
 */
export const publishStage: Stage<StageContext> = {
  condition: 'Published',
  deadlineMilliseconds: 10 * 60_000,
  run: publish,
};

async function publish(context: StageContext, signal: AbortSignal): Promise<StageResult> {
  const { services, scope, reporter, memory } = context;
  const { publishing } = services;
  const groups = publicationGroups(await services.inventory.list(clusterRegistration(scope)));
  if (publishing === undefined && groups.length === 0) return withoutManagement(context);
  if (context.paused !== undefined) return whilePaused(context);
  const former = await withdrawFormer(context, groups, signal);
  const parts: PublicationStatus[] = [...former];
  for (const place of placesOf(publishing)) {
    const isPending = former.some(({ name, reason }) => name === place.publication.name && reason === 'Withdrawing');
    if (!isPending) parts.push(await publishOne(context, place, signal));
  }
  await reporter.report({ published: parts });
  const result = resultOf(parts);
  const isSettled = result.outcome === 'done' || result.reason === 'WaitsForReady';
  memory.publishingFailures = isSettled ? 0 : memory.publishingFailures + 1;
  if (isSettled || result.outcome !== 'skipped') return result;
  return { ...result, milliseconds: backoff(memory.publishingFailures - 1, RETRY) };
}

function placesOf(publishing: Publishing | undefined): readonly PublicationPlace[] {
  const { management, selected = [] } = publishing ?? {};
  return management === undefined ? [] : selected.map((publication) => ({ publication, management }));
}

/** Nothing is published and nothing ever was, or all of it is withdrawn. */
async function withoutManagement({ reporter }: StageContext): Promise<StageResult> {
  if (reporter.status.published !== undefined) await reporter.report({ published: [] });
  return skipped('NoManagementCluster', message('NoManagementCluster'));
}

/** What is known stays as it is: the end of the pause brings the next look. */
function whilePaused({ reporter }: StageContext): StageResult {
  const parts = reporter.status.published ?? [];
  const isDone = parts.length > 0 && parts.every(({ reason }) => reason === PUBLISHED);
  return isDone ? resultOf(parts) : skipped('Paused', message('PublicationWaits.paused'));
}

function resultOf(parts: readonly PublicationStatus[]): StageResult {
  const [first] = parts;
  if (first === undefined) return skipped('NothingPublished', message('NothingPublished'));
  const text = message('Published', { parts: parts.map(({ message: said }) => said) });
  const problem = parts.find(({ reason }) => reason !== PUBLISHED);
  return problem === undefined ? done(PUBLISHED, text) : skipped(problem.reason, text, problem.action);
}
