import { action } from '../messages/action.ts';
import { message } from '../messages/message.ts';
import type { Fields } from './field.ts';
import { type DraftOf, keptFieldsOf, type SpecOf, wirePath } from './kind.ts';
import type { Violation } from '../errors/violation.ts';

/** The values of fields without a rule of their kind. */
export interface CompletedFields<F extends Fields, Ruled extends keyof SpecOf<F>> {
  readonly values: Omit<SpecOf<F>, Ruled>;
  readonly violations: readonly Violation[];
}

function missing(field: string): Violation {
  return { field, said: message('ClusterInvalid.missing'), action: action('GiveField', { field }) };
}

/** Completes a draft by the types of the fields alone. @param ruled fields that the caller completes */
export function completeFields<F extends Fields, const Ruled extends keyof SpecOf<F> & string>(
  fields: F,
  draft: DraftOf<F>,
  ruled: readonly Ruled[],
): CompletedFields<F, Ruled> {
  const asked: Readonly<Record<string, unknown>> = draft;
  const others = keptFieldsOf(fields).filter(([name]) => !ruled.some((one) => one === name));
  const values: Record<string, unknown> = {};
  const violations: Violation[] = [];
  for (const [name, field] of others) {
    const wire = wirePath(name, field).join('.');
    const completed = field.type.complete(asked[name], wire);
    if ('violation' in completed) {
      violations.push(completed.violation);
      continue;
    }
    const value = completed.value ?? field.empty;
    if (value !== undefined) values[name] = value;
    else if (field.need === 'always') violations.push(missing(wire));
  }
  return { values: values as Omit<SpecOf<F>, Ruled>, violations };
}
