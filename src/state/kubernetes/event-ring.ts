import { gunzipSync, gzipSync } from 'node:zlib';
import { FIELD_MANAGER, type KubeObject, MANAGED_BY_LABEL, textAt } from '../../kube-objects/kube-object.ts';
import type { ResourceEvent } from '../../resources/event.ts';
import type { ResourceKey } from '../../resources/resource-key.ts';
import { EVENTS_KEPT_PER_RESOURCE, MAXIMUM_EVENT_LENGTH } from '../event-log.ts';
import { CONTENT_LABEL, hashedName } from './cluster-state.ts';

/** Bytes of a ring as JSON. */
const MAXIMUM_RING_BYTES = EVENTS_KEPT_PER_RESOURCE * MAXIMUM_EVENT_LENGTH * 4;

/** Compressed bytes of a ring: of more, its oldest events are dropped. A ConfigMap takes 1 MiB. */
const MAXIMUM_STORED_BYTES = 600 * 1024;

/** The events of a resource as its ConfigMap has them. */
export interface StoredRing {
  readonly resourceVersion: string;
  readonly uid: string;
  /** Id of the newest event. */
  readonly latest: number;
  /** Id of the newest event that was dropped; 0 when none was. */
  readonly floor: number;
  /** Number of events. */
  readonly count: number;
  /** Compressed. */
  readonly content: Buffer;
}

export function ringName({ kind, name }: ResourceKey): string {
  return `events-${hashedName(kind, name)}`;
}

/** What a ConfigMap of events says and whose they are; `undefined` when it is none of ours. */
export function readRing(map: KubeObject): { readonly key: ResourceKey; readonly ring: StoredRing } | undefined {
  const key = { kind: textAt(map, 'data', 'kind'), name: textAt(map, 'data', 'name') };
  const { name, resourceVersion = '', uid = '' } = map.metadata;
  if (ringName(key) !== name) return undefined;
  const content = Buffer.from(textAt(map, 'binaryData', 'events'), 'base64');
  const [latest, floor] = [Number(textAt(map, 'data', 'latest')), Number(textAt(map, 'data', 'floor'))];
  const count = Number(textAt(map, 'data', 'count'));
  if (![latest, floor, count].every(Number.isSafeInteger)) return undefined;
  return { key, ring: { resourceVersion, uid, latest, floor, count, content } };
}

/** The events, oldest first; none when the content is not ours. */
export function eventsOf(key: ResourceKey, ring: StoredRing | undefined): ResourceEvent[] {
  if (ring === undefined) return [];
  try {
    const text = gunzipSync(ring.content, { maxOutputLength: MAXIMUM_RING_BYTES }).toString('utf8');
    const events = JSON.parse(text) as readonly Omit<ResourceEvent, 'kind' | 'name'>[];
    return events.map((event) => ({ ...event, ...key }));
  } catch {
    return []; // they may be lost
  }
}

export interface RingContent {
  readonly key: ResourceKey;
  /** In order of their ids; the last of them are kept. */
  readonly events: readonly ResourceEvent[];
  /** Events up to this id are missing already. */
  readonly floor: number;
  /** What it replaces. */
  readonly before: StoredRing | undefined;
}

/** The ConfigMap of a resource's events. */
export function ringMap(namespace: string, { key, events, floor: least, before }: RingContent): KubeObject {
  const { kept, content } = fitting(events);
  const dropped = events.length > kept.length ? (events.at(-kept.length - 1)?.id ?? 0) : 0;
  const floor = Math.max(least, before?.floor ?? 0, dropped);
  const latest = Math.max(before?.latest ?? 0, kept.at(-1)?.id ?? 0);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: ringName(key),
      namespace,
      labels: { [MANAGED_BY_LABEL]: FIELD_MANAGER, [CONTENT_LABEL]: 'events' },
      ...(before === undefined ? {} : { resourceVersion: before.resourceVersion, uid: before.uid }),
    },
    data: {
      kind: key.kind,
      name: key.name,
      latest: String(latest),
      floor: String(floor),
      count: String(kept.length),
    },
    binaryData: { events: content.toString('base64') },
  };
}

function fitting(events: readonly ResourceEvent[]): {
  readonly kept: readonly ResourceEvent[];
  readonly content: Buffer;
} {
  for (let count = EVENTS_KEPT_PER_RESOURCE; ; count = Math.floor(count / 2)) {
    const kept = count === 0 ? [] : events.slice(-count);
    const documents = kept.map(({ kind: _kind, name: _name, ...document }) => document);
    const content = gzipSync(JSON.stringify(documents));
    if (content.length <= MAXIMUM_STORED_BYTES || count === 0) return { kept, content };
  }
}

/** Events of both, in order of their ids, each once. */
export function mergedEvents(left: readonly ResourceEvent[], right: readonly ResourceEvent[]): ResourceEvent[] {
  const byId = new Map([...left, ...right].map((event) => [event.id, event]));
  return [...byId.values()].toSorted((first, second) => first.id - second.id);
}
