import { type KubeObject, listAt, textAt } from '../../kube-objects/kube-object.ts';
import { wellKnown } from '../../kube-objects/resource-types.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { KubeClient } from './client.ts';
import { boundedText } from './object-error.ts';
import { peerText } from './peer-text.ts';

/** What keeps a namespace that is being deleted. */
export interface NamespaceHold {
  /** The type of the condition that tells most. */
  readonly reason: string;
  readonly message: Message;
  /** What is left in it, such as `pods` or `widgets.example.test`. */
  readonly resources: readonly string[];
}

/** So many kinds, finalizers and API groups are named. */
const NAMED = 5;

interface Cause {
  readonly type: string;
  readonly message: Message;
}

/** The condition types of the namespace controller, the one that tells most first. */
const READERS: Readonly<Record<string, (text: string) => Message | undefined>> = {
  NamespaceDeletionDiscoveryFailure: (text) => {
    const groups = [...text.matchAll(/([a-z0-9.-]+\/v[a-z0-9]+):/g)].map(([, group = '']) => group);
    return listed(groups, (names) => message('NamespaceHeld.discovery', { groups: names }));
  },
  NamespaceDeletionGroupVersionParsingFailure: () => undefined,
  NamespaceDeletionContentFailure: () => undefined,
  NamespaceFinalizersRemaining: (text) =>
    listed(counted(text, /([a-zA-Z0-9./_-]+) in (\d+) resource instances/g), (finalizers) =>
      message('NamespaceHeld.finalizers', { finalizers }),
    ),
  NamespaceContentRemaining: (text) =>
    listed(counted(text, REMAINING), (resources) => message('NamespaceHeld.content', { resources })),
};

const REMAINING = /([a-z0-9.-]+?)\.? has (\d+) resource instances/g;

/**
 * What the conditions of a namespace that is being deleted say, in words of ours where they are understood.
 * @param quotes whether the namespace controller's words stand for what is not understood
 */
export function namespaceHold(namespace: KubeObject | undefined, quotes = true): NamespaceHold {
  const conditions = listAt(namespace, 'status', 'conditions').filter((item) => textAt(item, 'status') === 'True');
  const causes = Object.entries(READERS).flatMap(([type, read]): Cause[] => {
    const condition = conditions.find((item) => textAt(item, 'type') === type);
    if (condition === undefined) return [];
    const text = textAt(condition, 'message');
    const said = read(text) ?? (quotes ? message('NamespaceHeld.other', { what: peerText(text) }) : undefined);
    return said === undefined ? [] : [{ type, message: said }];
  });
  const [first] = causes;
  const content = conditions.find((item) => textAt(item, 'type') === 'NamespaceContentRemaining');
  const resources = [...textAt(content, 'message').matchAll(REMAINING)].map(([, resource = '']) => resource);
  if (first === undefined) return { reason: 'Terminating', message: message('Terminating.content'), resources };
  const said = causes.map(({ message: cause }) => cause);
  return { reason: first.type, message: message('NamespaceHeld', { causes: said }), resources };
}

/** Reads the namespace, and what keeps it. */
export async function readNamespaceHold(client: KubeClient, name: string, signal: AbortSignal): Promise<NamespaceHold> {
  return namespaceHold(await client.find(wellKnown.namespace, { namespace: '', name }, signal));
}

/** Names with their counts, such as `pods (2)`. */
function counted(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '', count = '']) => `${boundedText(name, 120)} (${count})`);
}

function listed(names: readonly string[], say: (names: readonly string[]) => Message): Message | undefined {
  const different = [...new Set(names)];
  return different.length === 0 ? undefined : say(different.slice(0, NAMED));
}
