import { NautesError } from '../../errors/errors.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';
import { terminatingError } from '../client/object-error.ts';
import { differences } from './differences.ts';
import type { DesiredObject } from './desired.ts';
import {
  belongsTo,
  COMPONENT_LABEL,
  describeReference,
  FIELD_MANAGER,
  INCARNATION_LABEL,
  isOfFormer,
  isAdopted,
  isOfOther,
  isOurs,
  MANAGED_BY_LABEL,
  type ObjectHead,
  revisionOf,
} from '../../kube-objects/kube-object.ts';
import type { ApplyRequest } from './request.ts';

/** What is to be done with one desired object. */
export type Decision =
  /** It is as we left it. */
  | { readonly action: 'keep'; readonly head: ObjectHead }
  /** A namespace that is there and not ours: used as it is, nothing to write or record. */
  | { readonly action: 'use' }
  /** It has moved since our last apply: one read tells whether a field of ours has changed. */
  | { readonly action: 'inspect'; readonly head: ObjectHead; readonly foreign: boolean }
  | {
      readonly action: 'apply';
      readonly head: ObjectHead | undefined;
      readonly deleted: boolean;
      readonly foreign: boolean;
      /** Another component of the registration had it, which no longer brings it. */
      readonly isHandedOver?: boolean;
    }
  /** It exists and is not ours: nothing of the component is applied. */
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
  const refusal = otherOwner(desired, head, request);
  if (refusal !== undefined) return refusal;
  if (head === undefined) {
    const deleted = entry !== undefined && entry.uid !== '' && entry.hash === desired.hash;
    return { action: 'apply', head, deleted, foreign: false };
  }
  if (head.metadata.deletionTimestamp !== undefined) return { action: 'fail', error: terminatingError(head) };
  if (desired.implicit && !isNamespaceForComponent(desired, head, request)) return { action: 'use' };
  if (isOfOther(head, request.owner.installation) && !isInherited(head, request)) {
    return desired.phase === 'namespace' ? { action: 'use' } : { action: 'leave', head }; // also what was ours before
  }
  const known = entry?.uid === head.metadata.uid ? entry : undefined;
  return known === undefined
    ? decideUnknown(desired, head, entry, request)
    : decideKnown(desired, head, known, request.component);
}

/** What another declared component is to have is left to that one; a namespace is shared once it is there. */
function otherOwner(
  { key, implicit, reference }: DesiredObject,
  head: ObjectHead | undefined,
  { ownership, component }: ApplyRequest,
): Decision | undefined {
  const owner = ownership?.ownerOf(key);
  if (owner === undefined || owner === component) return undefined;
  if (implicit) return head === undefined ? undefined : { action: 'use' };
  return {
    action: 'fail',
    error: new NautesError('ObjectOfOtherComponent', { object: describeReference(reference), owner }),
  };
}

/** Something is there that we do not remember: ours by its label, left over, or somebody else's. */
function decideUnknown(
  desired: DesiredObject,
  head: ObjectHead,
  intended: InventoryEntry | undefined,
  request: ApplyRequest,
): Decision {
  const ours = belongsTo(head, request.owner);
  const owner = componentOf(head) ?? request.component;
  if (ours && owner !== request.component) {
    const object = describeReference(desired.reference);
    if (!isHandedOver(desired, owner, request))
      return { action: 'fail', error: new NautesError('ObjectOfOtherComponent', { object, owner }) };
    const before = request.ownership?.entryOfOther(desired.key, request.component);
    return { action: 'apply', head, deleted: false, foreign: before?.foreign ?? isAdopted(head), isHandedOver: true };
  }
  const own = isOfRegistration(head, request);
  if (!own && !request.adoptForeign)
    return desired.phase === 'namespace' ? { action: 'use' } : { action: 'leave', head };
  // An adoption that was interrupted has left our label on something that existed before us.
  return { action: 'apply', head, deleted: false, foreign: !own || isAdopted(head) || (intended?.foreign ?? false) };
}

function decideKnown(desired: DesiredObject, head: ObjectHead, entry: InventoryEntry, component: string): Decision {
  const { foreign } = entry;
  const isOthers = (componentOf(head) ?? component) !== component; // it was made by two at the same time, or handed over
  if (entry.hash !== desired.hash || isOthers) return { action: 'apply', head, deleted: false, foreign };
  const moved = entry.revision !== revisionOf(head.metadata) || differsInMetadata(desired, head);
  return moved ? { action: 'inspect', head, foreign } : { action: 'keep', head };
}

/** Of this registration, or left over from one that the caller vouches for. */
export function isOfRegistration(head: ObjectHead, request: ApplyRequest): boolean {
  return belongsTo(head, request.owner) || isInherited(head, request);
}

/** A namespace that the component needs is its own, is handed over to it, or is used as it is. */
function isNamespaceForComponent(desired: DesiredObject, head: ObjectHead, request: ApplyRequest): boolean {
  if (!belongsTo(head, request.owner)) return isInherited(head, request);
  const owner = componentOf(head);
  return owner === request.component || (owner !== undefined && isHandedOver(desired, owner, request));
}

/** The component that has it does not bring it any more, and this one is to have it. */
function isHandedOver(
  { key }: DesiredObject,
  from: string,
  { ownership, component }: Pick<ApplyRequest, 'ownership' | 'component'>,
): boolean {
  if (ownership === undefined) return false;
  const owner = ownership.ownerOf(key);
  return owner === undefined ? !ownership.isDeclared(from) : owner === component;
}

function componentOf({ metadata }: ObjectHead): string | undefined {
  return metadata.labels?.[COMPONENT_LABEL];
}

/** Left over from an earlier registration of the same cluster that the caller vouches for: nobody else would remove it. */
function isInherited(head: ObjectHead, request: ApplyRequest): boolean {
  const { owner, takenFrom, adoptIncarnations = [] } = request;
  const labels = head.metadata.labels ?? {};
  if (takenFrom !== undefined && isOfFormer(head, takenFrom)) return labels[MANAGED_BY_LABEL] === FIELD_MANAGER;
  if (isOfOther(head, owner.installation)) return false;
  if (isOurs(head, request)) return true;
  return labels[MANAGED_BY_LABEL] === FIELD_MANAGER && adoptIncarnations.includes(labels[INCARNATION_LABEL] ?? '');
}

/** Changes of labels and annotations do not count as a new generation. */
function differsInMetadata(desired: DesiredObject, head: ObjectHead): boolean {
  const { labels, annotations } = desired.object.metadata;
  const wanted = { labels, annotations: annotations ?? {} };
  return differences(wanted, { labels: head.metadata.labels, annotations: head.metadata.annotations }).length > 0;
}
