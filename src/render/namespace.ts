import { isRecord, type KubeObject } from '../kube/index.ts';

/**
 * The object as it must be for another namespace than the one its source was written for: every member called
 * `namespace` that names the old one (of the object, subjects of bindings, services of webhooks and API services).
 * Arguments and texts that mention the old namespace are not touched: a source that does so cannot be moved.
 */
export function moveNamespace(object: KubeObject, from: string, to: string): KubeObject {
  if (from === to) return object;
  const moved = move(object, from, to);
  const renamed = object.kind === 'Namespace' && object.metadata.name === from;
  return {
    ...object,
    ...moved,
    metadata: { ...object.metadata, ...metadataOf(moved), ...(renamed ? { name: to } : {}) },
  };
}

function move(value: unknown, from: string, to: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(isRecord(value) ? value : {}))
    result[key] = moveMember(key, member, from, to);
  return result;
}

function moveMember(key: string, member: unknown, from: string, to: string): unknown {
  if (key === 'namespace' && member === from) return to;
  if (Array.isArray(member)) return member.map((item: unknown) => (isRecord(item) ? move(item, from, to) : item));
  return isRecord(member) ? move(member, from, to) : member;
}

function metadataOf(moved: Record<string, unknown>): Record<string, unknown> {
  return isRecord(moved.metadata) ? { ...moved.metadata } : {};
}
