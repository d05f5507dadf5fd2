import { gunzipSync, gzipSync } from 'node:zlib';
import type { FormerField, InventoryEntry, InventoryKey } from '../../resources/inventory.ts';

/** Bytes of an inventory as JSON; 14,000 objects have 3 MB. */
const MAXIMUM_INVENTORY_BYTES = 256 * 1024 * 1024;

/** Of the form below. */
const FORM_VERSION = 1;

/** Entries of one component and kind in one namespace: what they share is written once. */
interface Group {
  readonly component: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  /** Name, UID, hash, revision, and 1 if it is foreign; what was changed on it follows where there is something. */
  readonly entries: readonly (readonly [string, string, string, string, 0 | 1, (readonly FormerField[])?])[];
}

interface InventoryDocument {
  readonly version: number;
  readonly groups: readonly Group[];
}

/** Identifies an entry. */
export function entryId({ apiVersion, kind, namespace, name, component }: InventoryKey): string {
  return JSON.stringify([apiVersion, kind, namespace, name, component]);
}

/** In order of kind, namespace, name and component. */
export function sortedEntries(entries: Iterable<InventoryEntry>): InventoryEntry[] {
  return [...entries].toSorted((left, right) => {
    for (const field of ['apiVersion', 'kind', 'namespace', 'name', 'component'] as const) {
      if (left[field] !== right[field]) return left[field] < right[field] ? -1 : 1;
    }
    return 0;
  });
}

/** Equal entries give equal bytes. */
export function encodeInventory(entries: readonly InventoryEntry[]): Buffer {
  const groups = new Map<
    string,
    { -readonly [Field in keyof Group]: Field extends 'entries' ? Group['entries'][number][] : string }
  >();
  for (const entry of sortedEntries(entries)) {
    const { component, apiVersion, kind, namespace } = entry;
    const id = JSON.stringify([component, apiVersion, kind, namespace]);
    const group = groups.get(id) ?? { component, apiVersion, kind, namespace, entries: [] };
    groups.set(id, group);
    const { name, uid, hash, revision, foreign, former } = entry;
    group.entries.push([
      name,
      uid,
      hash,
      revision,
      foreign ? 1 : 0,
      ...(former === undefined ? [] : [former]),
    ] as never);
  }
  const document: InventoryDocument = { version: FORM_VERSION, groups: [...groups.values()] };
  return gzipSync(JSON.stringify(document));
}

/** What {@link encodeInventory} has made. @throws Error when the bytes are none of ours */
export function decodeInventory(bytes: Uint8Array): InventoryEntry[] {
  const text = gunzipSync(bytes, { maxOutputLength: MAXIMUM_INVENTORY_BYTES }).toString('utf8');
  const document = JSON.parse(text) as InventoryDocument;
  if (document.version !== FORM_VERSION) throw new Error(`an inventory of form ${document.version}`);
  return sortedEntries(
    document.groups.flatMap(({ component, apiVersion, kind, namespace, entries }) =>
      entries.map(([name, uid, hash, revision, foreign, former]) => ({
        apiVersion,
        kind,
        namespace,
        name,
        component,
        uid,
        hash,
        revision,
        foreign: foreign === 1,
        ...(former === undefined ? {} : { former }),
      })),
    ),
  );
}
