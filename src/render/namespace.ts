import { isRecord, type KubeObject } from '../kube-objects/kube-object.ts';

/**
 * Moves an object to another namespace than its source was written for: every member called
 * `namespace` with the old value (of the object, subjects of bindings, services of webhooks and API services),
 * names of services in texts (`<service>.<namespace>.svc`) and arguments such as `--leader-namespace=<namespace>`.
 * Not covered: other texts that mention the namespace. Parts without the namespace are shared, not copied.
 */
export function moveNamespace(object: KubeObject, from: string, to: string): KubeObject {
  if (from === to) return object;
  const texts = [
    { pattern: new RegExp(`(?<=[a-z0-9]\\.)${from}(?=\\.svc(?![a-z0-9-]))`, 'g'), to },
    { pattern: new RegExp(`(?<=^--?[a-z0-9-]*namespace=)${from}$`), to },
  ];
  const moved = moveValue(object, from, to, texts) as KubeObject;
  if (object.kind !== 'Namespace' || object.metadata.name !== from) return moved;
  return { ...moved, metadata: { ...moved.metadata, name: to } };
}

interface TextRule {
  readonly pattern: RegExp;
  readonly to: string;
}

function moveValue(value: unknown, from: string, to: string, texts: readonly TextRule[]): unknown {
  if (typeof value === 'string') {
    if (!value.includes(from)) return value;
    return texts.reduce((text, rule) => text.replace(rule.pattern, rule.to), value);
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => moveValue(item, from, to, texts));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    key === 'namespace' && member === from ? to : moveValue(member, from, to, texts),
  ]);
  return members.every(([key, member]) => member === value[key]) ? value : Object.fromEntries(members);
}
