import { objectKey } from '../../kube-objects/kube-object.ts';
import type { ComponentStatus, UnreadyObject } from '../../resources/cluster/cluster-status.ts';
import type { InventoryEntry } from '../../resources/inventory.ts';

/** What is remembered of an object. */
export interface HeldObject {
  readonly entry: InventoryEntry;
  /** How it was at the last look; absent where that is not known. */
  readonly look?: 'ready' | UnreadyObject;
}

/** The entries with how each was at the last look. */
export function heldObjects(
  entries: readonly InventoryEntry[],
  components: readonly ComponentStatus[],
): readonly HeldObject[] {
  const looks = new Map(components.map((component) => [component.name, looksOf(component)]));
  return entries.map((entry) => {
    const look = looks.get(entry.component)?.(entry);
    return look === undefined ? { entry } : { entry, look };
  });
}

/** Objects that a component does not name were ready where it names all that were not. */
function looksOf({ phase, objects, unready }: ComponentStatus): (entry: InventoryEntry) => HeldObject['look'] {
  const named = new Map((unready ?? []).map((one) => [objectKey(one.object), one]));
  const areAllNamed = unready === undefined ? phase === 'Ready' : objects.total - objects.ready === named.size;
  return (entry) => named.get(objectKey(entry)) ?? (areAllNamed && entry.uid !== '' ? 'ready' : undefined);
}
