import type { Repair } from '../../../kube/index.ts';
import type { ObjectReference } from '../../../resources/object-reference.ts';

/** This many repairs of one field within the window mean that another manager wants another value. */
const REPAIRS_UNTIL_CONTESTED = 3;
const WINDOW_MILLISECONDS = 10 * 60_000;

/** A field that we and another manager keep changing. */
export interface ContestedField {
  readonly object: ObjectReference;
  readonly path: string;
  readonly manager: string;
}

interface FieldHistory {
  readonly field: ContestedField;
  readonly times: readonly number[];
}

/**
 * Remembers the repairs of one cluster for a while, to notice a fight over a field. Lost with the process: then the
 * fight continues for three more repairs.
 */
export class RepairLog {
  readonly #fields = new Map<string, FieldHistory>();

  add(repairs: readonly Repair[], now: number): void {
    for (const { object, fields, manager } of repairs) {
      for (const path of fields) {
        const key = JSON.stringify([object.apiVersion, object.kind, object.namespace, object.name, path]);
        const times = recent(this.#fields.get(key)?.times ?? [], now);
        this.#fields.set(key, { field: { object, path, manager }, times: [...times, now] });
      }
    }
  }

  /** Every field is repaired again. */
  clear(): void {
    this.#fields.clear();
  }

  /** Fields that were repaired three times within ten minutes; they are left alone until the window has passed. */
  contested(now: number): readonly ContestedField[] {
    const found: ContestedField[] = [];
    for (const [key, { field, times }] of this.#fields) {
      const count = recent(times, now).length;
      if (count === 0) this.#fields.delete(key);
      else if (count >= REPAIRS_UNTIL_CONTESTED) found.push(field);
    }
    return found;
  }
}

function recent(times: readonly number[], now: number): readonly number[] {
  return times.filter((time) => now - time < WINDOW_MILLISECONDS);
}
