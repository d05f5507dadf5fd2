import { defined } from '../../base/defined.ts';
import { sha256 } from '../../base/hash.ts';
import { observe, resolveTypes } from './observe.ts';
import { decide, isOfRegistration } from './plan.ts';
import { describeForeign } from './foreign.ts';
import type { ClusterConnection } from '../client/connection.ts';
import { desiredObjects } from './desired.ts';
import { refuseDuplicates } from '../../kube-objects/manifest.ts';
import { type ObjectHead, objectKey } from '../../kube-objects/kube-object.ts';
import type { ApplyReport, ForeignObject } from './report.ts';
import type { ApplyRequest } from './request.ts';
import { ApplyRun } from './apply-run.ts';
import type { PlannedObject } from './planned-object.ts';

/**
 * Brings a component's objects to the desired state and reports what that took. Level-based: it may be called again at
 * any time and sends no write when nothing differs.
 *
 * Failures of single objects are in the report and do not keep the others from being applied; admission webhooks and
 * APIServices wait until everything else is there. Applies are forced: identical manifests of two managers conflict on
 * defaulted fields, and hand edits are to be undone.
 *
 * @throws NautesError when the cluster cannot be reached or refuses our credential, `ManifestInvalid` for duplicates
 */
export async function applyComponent(
  connection: ClusterConnection,
  request: ApplyRequest,
  signal: AbortSignal,
): Promise<ApplyReport> {
  refuseDuplicates(request.objects);
  const typed = await resolveTypes(connection, desiredObjects(request), signal);
  const observed = await observe(connection, request, typed, signal);
  const entries = new Map(request.inventory.map((entry) => [objectKey(entry), entry]));
  const planned = typed.map((item): PlannedObject => {
    const decision = decide(item.desired, observed.get(item.desired.key), entries.get(item.desired.key), request);
    return { ...item, decision };
  });
  const foreign = await foreignOf(connection, request, planned, signal);
  if (foreign.length > 0) return untouched(request, foreign);
  const report = await new ApplyRun(connection, request, planned, entries, signal).execute();
  return { ...report, ...defined({ versions: versionsOf(planned, report) }) };
}

/** Digest of what was observed, unless anything differs from what is wanted. */
function versionsOf(planned: readonly PlannedObject[], { pruned, left, failures }: ApplyReport): string | undefined {
  if (pruned.length + left.length + failures.length > 0) return undefined;
  const versions: string[] = [];
  for (const { decision, desired } of planned) {
    if (decision.action === 'use') continue;
    if (decision.action !== 'keep') return undefined;
    const { uid, resourceVersion } = decision.head.metadata;
    versions.push(`${desired.key} ${uid} ${resourceVersion}`);
  }
  return sha256(versions.join('\n'));
}

/** A component is foreign or not as a whole: as long as one object is somebody else's, nothing of it is applied. */
async function foreignOf(
  connection: ClusterConnection,
  request: ApplyRequest,
  planned: readonly PlannedObject[],
  signal: AbortSignal,
): Promise<readonly ForeignObject[]> {
  const heads = planned.flatMap(({ decision }) => (decision.action === 'leave' ? [decision.head] : []));
  if (heads.length === 0) return [];
  const isOwn = (head: ObjectHead): boolean => isOfRegistration(head, request);
  const desired = planned.map((one) => one.desired);
  return await describeForeign(connection, desired, { heads, isOwn }, signal);
}

function untouched({ inventory }: ApplyRequest, foreign: readonly ForeignObject[]): ApplyReport {
  const nothing = {
    gone: [],
    applied: [],
    unchanged: 0,
    repaired: [],
    pruned: [],
    left: [],
    unblocked: [],
    failures: [],
  };
  return { entries: inventory, foreign, ...nothing };
}
