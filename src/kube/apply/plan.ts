import { NautesError } from '../../errors/errors.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { differences } from './differences.ts';
import type { DesiredObject } from './desired.ts';
import {
  belongsTo,
  COMPONENT_LABEL,
  describeReference,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  isOfOther,
  MANAGED_BY_LABEL,
  type ObjectHead,
  revisionOf,
} from '../../kube-objects/kube-object.ts';
import type { ApplyRequest } from './request.ts';

/** What is to be done with one desired object. */
export type Decision =
  /** It is as we left it. */
  | { readonly action: 'keep'; readonly head: ObjectHead }
  /** It is there, is not part of the component and is needed only: nothing to write or record. */
  | { readonly action: 'use' }
  /** It has moved since our last apply: one read tells whether a field of ours has changed. */
  | { readonly action: 'inspect'; readonly head: ObjectHead; readonly foreign: boolean }
  | {
      readonly action: 'apply';
      readonly head: ObjectHead | undefined;
      readonly deleted: boolean;
      readonly foreign: boolean;
    }
  /** It exists and is not ours. */
  | { readonly action: 'leave'; readonly head: ObjectHead }
  | { readonly action: 'fail'; readonly error: NautesError };

/**
 * Decides from metadata alone. `head` is what is on the cluster under the object's name, `entry` what we remember of it.
 */
export function decide(
  desired: DesiredObject,
  head: ObjectHead | undefined,
  entry: InventoryEntry | undefined,
  request: ApplyRequest,
): Decision {
  if (head === undefined) {
    const deleted = entry !== undefined && entry.uid !== '' && entry.hash === desired.hash;
    return { action: 'apply', head, deleted, foreign: false };
  }
  if (desired.implicit && !isComponentsOwn(head, request) && !isInherited(head, request)) return { action: 'use' };
  if (head.metadata.deletionTimestamp !== undefined) {
    const object = describeReference(desired.reference);
    return { action: 'fail', error: new NautesError('ObjectTerminating', { object }) };
  }
  if (isOfOther(head, request.owner.installation)) return { action: 'leave', head }; // also one that was ours before
  const known = entry?.uid === head.metadata.uid ? entry : undefined;
  return known === undefined ? decideUnknown(desired, head, entry, request) : decideKnown(desired, head, known);
}

/** Something is there that we do not remember: ours by its label, left over, or somebody else's. */
function decideUnknown(
  desired: DesiredObject,
  head: ObjectHead,
  intended: InventoryEntry | undefined,
  request: ApplyRequest,
): Decision {
  const ours = belongsTo(head, request.owner);
  const owner = head.metadata.labels?.[COMPONENT_LABEL] ?? request.component;
  if (ours && owner !== request.component) {
    const object = describeReference(desired.reference);
    return { action: 'fail', error: new NautesError('ObjectOfOtherComponent', { object, owner }) };
  }
  const own = ours || isInherited(head, request);
  if (!own && !request.adoptForeign) return { action: 'leave', head };
  // An adoption that was interrupted has left our label on something that existed before us.
  return { action: 'apply', head, deleted: false, foreign: !own || (intended?.foreign ?? false) };
}

function decideKnown(desired: DesiredObject, head: ObjectHead, entry: InventoryEntry): Decision {
  const { foreign } = entry;
  if (entry.hash !== desired.hash) return { action: 'apply', head, deleted: false, foreign };
  const moved = entry.revision !== revisionOf(head.metadata) || differsInMetadata(desired, head);
  return moved ? { action: 'inspect', head, foreign } : { action: 'keep', head };
}

function isComponentsOwn(head: ObjectHead, request: ApplyRequest): boolean {
  return belongsTo(head, request.owner) && head.metadata.labels?.[COMPONENT_LABEL] === request.component;
}

/** Left over from an earlier registration of the same cluster that the caller vouches for: nobody else would remove it. */
function isInherited(head: ObjectHead, { owner, adoptIncarnations = [] }: ApplyRequest): boolean {
  const labels = head.metadata.labels ?? {};
  if (isOfOther(head, owner.installation)) return false;
  return labels[MANAGED_BY_LABEL] === FIELD_MANAGER && adoptIncarnations.includes(labels[INCARNATION_LABEL] ?? '');
}

/** Changes of labels and annotations do not count as a new generation. */
function differsInMetadata(desired: DesiredObject, head: ObjectHead): boolean {
  const { labels, annotations } = desired.object.metadata;
  const wanted = { labels, annotations: annotations ?? {} };
  return differences(wanted, { labels: head.metadata.labels, annotations: head.metadata.annotations }).length > 0;
}
