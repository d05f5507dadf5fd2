import type { Reply } from '../../contract/reply.ts';
import type { ClusterStatusReply } from '../../contract/schemas/status.ts';
import { type Language, textIn } from '../../messages/text.ts';
import type { ClusterStatus, ComponentStatus } from '../../resources/cluster/cluster-status.ts';
import type { PublicationStatus } from '../../resources/cluster/publication.ts';
import type { Condition } from '../../resources/condition.ts';
import { messageReply, remedyReply } from './message-reply.ts';

type StatusWire = Reply<typeof ClusterStatusReply>;

export function statusReply(status: ClusterStatus, language: Language): StatusWire {
  const { published, repairs: _repairs, ...rest } = status;
  return {
    ...rest,
    conditions: status.conditions.map((condition) => conditionReply(condition, language)),
    components: status.components.map((component) => componentReply(component, language)),
    ...(published && { published: published.map((part) => publicationReply(part, language)) }),
  };
}

function conditionReply(
  { type, status, reason, message, action, lastTransitionTime, optional }: Condition,
  language: Language,
): StatusWire['conditions'][number] {
  return {
    type,
    status,
    reason,
    ...messageReply(message, language),
    ...remedyReply(action, language),
    lastTransitionTime,
    ...(optional && { optional }),
  };
}

function publicationReply(
  { message, action, ...part }: PublicationStatus,
  language: Language,
): NonNullable<StatusWire['published']>[number] {
  return { ...part, ...messageReply(message, language), ...remedyReply(action, language) };
}

function componentReply(
  { message, advisories, unready: _unready, ...component }: ComponentStatus,
  language: Language,
): StatusWire['components'][number] {
  return {
    ...component,
    ...messageReply(message, language),
    advisories: advisories.map((advisory) => textIn(advisory, language)),
  };
}
