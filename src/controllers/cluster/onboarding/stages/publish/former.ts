import { describeReference } from '../../../../../kube-objects/kube-object.ts';
import { message } from '../../../../../messages/message.ts';
import {
  placeOf,
  type Publication,
  type PublicationGroup,
  type PublicationPlace,
  withdrawable,
} from '../../../../../publish/index.ts';
import { clusterRegistration } from '../../../../../resources/cluster/cluster-key.ts';
import { isPublication, type PublicationStatus } from '../../../../../resources/cluster/publication.ts';
import type { InventoryEntry } from '../../../../../resources/inventory.ts';
import { publicationCount } from '../../../runtime/metrics.ts';
import { withPlace } from '../../../runtime/publications.ts';
import { reachedCluster, type StageContext } from '../../../runtime/stage-context.ts';
import { accountOf, explainFailure } from './publish-one.ts';

/**
 * Withdraws what the configuration no longer wants: a publication that was switched off, another namespace, another
 * management cluster. In the order of an off-boarding: who uses it lets it go, its account ends, the objects go.
 * @returns a part for everything that is not withdrawn yet
 */
export async function withdrawFormer(
  context: StageContext,
  groups: readonly PublicationGroup[],
  signal: AbortSignal,
): Promise<readonly PublicationStatus[]> {
  const parts: PublicationStatus[] = [];
  for (const group of groups) {
    const entries = group.entries.filter((entry) => !isWanted(context, group, entry));
    if (entries.length === 0) continue;
    const part = await withdrawGroup(context, { ...group, entries }, signal);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function isWanted(
  { services: { publishing } }: StageContext,
  { name, place }: PublicationGroup,
  entry: InventoryEntry,
): boolean {
  const { management } = publishing ?? {};
  const selected = publishing?.selected.find((publication) => publication.name === name);
  return (
    selected !== undefined && management !== undefined && placeOf(management) === place && selected.isCurrent(entry)
  );
}

async function withdrawGroup(
  context: StageContext,
  group: PublicationGroup,
  signal: AbortSignal,
): Promise<PublicationStatus | undefined> {
  const { name, place, entries } = group;
  const object = entries.map(describeReference).join(', ');
  const part = { name, where: `${object} in ${place}`, since: '' };
  const found = withdrawable(context.services.publishing, group);
  if (found === undefined) {
    if (await isElsewhereNow(context, group)) return undefined;
    const problem = message('PublicationFormer.elsewhere');
    const text = message('Published.problem', { object, place, problem });
    return { ...part, reason: 'ManagementNotConfigured', message: text };
  }
  try {
    const users = await withdraw(context, group, found, signal);
    if (users === undefined) return undefined;
    const problem = message('PublicationFormer', { names: users });
    return { ...part, reason: 'Withdrawing', message: message('Published.problem', { object, place, problem }) };
  } catch (error) {
    signal.throwIfAborted();
    const { reason, message: problem, action } = explainFailure(context, name, error);
    const text = message('Published.problem', { object, place, problem });
    return { ...part, reason, message: text, ...(action && { action }) };
  }
}

/** The same objects are known at another place: the management cluster has another address now. */
async function isElsewhereNow({ services, scope }: StageContext, { component, entries }: PublicationGroup) {
  const registration = clusterRegistration(scope);
  const others = (await services.inventory.list(registration)).filter((entry) => entry.component !== component);
  const uids = new Set(others.filter(isPublication).map(({ uid }) => uid));
  const moved = entries.filter(({ uid }) => uid !== '' && uids.has(uid));
  if (moved.length > 0) await services.inventory.remove(registration, moved);
  return moved.length === entries.length;
}

/** @returns who has to let go first; `undefined` when it is done */
async function withdraw(
  context: StageContext,
  { component, entries, name, place }: PublicationGroup,
  { publication, management }: PublicationPlace,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { services, owner, reporter, scope: registration } = context;
  const { server } = reachedCluster(context).credential.stored.binding;
  const request = { management, component, entries };
  const leaving = await withPlace(
    services,
    registration,
    request,
    async (scope, deadline) => (await publication.letGo({ owner, server }, scope, deadline)).leaving,
    signal,
  );
  if (leaving.length > 0 && !hasWaited(context, component)) return leaving.map(describeReference);
  if (!isSelected(context, publication)) await accountOf(context, publication, signal).remove(signal);
  await withPlace(
    services,
    registration,
    request,
    (scope, deadline) => publication.withdraw(owner, scope, deadline),
    signal,
  );
  context.memory.markReady(component);
  await services.inventory.remove(clusterRegistration(registration), entries);
  services.metrics?.add(publicationCount, { publication: name, result: 'withdrawn' });
  for (const entry of entries) {
    const text = message('PublicationWithdrawn', { object: describeReference(entry), place });
    await reporter.event('Normal', 'PublicationWithdrawn', text, 'Published');
  }
  return undefined;
}

function isSelected({ services: { publishing } }: StageContext, { name }: Publication): boolean {
  return publishing?.selected.some((publication) => publication.name === name) === true;
}

/** Those who hang in their deletion have the same time as a cluster that is off-boarded. */
function hasWaited({ memory, services: { clock, settings } }: StageContext, component: string): boolean {
  const now = clock.now();
  return now - memory.unreadySince(component, now) >= settings.graceMilliseconds;
}
