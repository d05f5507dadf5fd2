import type { Message } from '../../messages/text.ts';
import type { Fields } from '../../resources/field.ts';
import { type DraftOf, requestFields, type ResourceKind, wirePath } from '../../resources/kind.ts';
import type { Violation } from '../../errors/violation.ts';
import type { WireMessage } from './message.ts';
import { inPresentSpelling, valueAt } from './older-spellings.ts';

export interface ReadDraft<F extends Fields> {
  readonly draft: DraftOf<F>;
  readonly violations: readonly Violation[];
  readonly warnings: readonly Message[];
}

/** What a body asks for, whatever version of the original's clients has sent it. */
export function draftOf<F extends Fields>(kind: ResourceKind<F>, body: WireMessage): ReadDraft<F> {
  const { body: present, violations: conflicts, warnings } = inPresentSpelling(kind, body);
  const draft: Record<string, unknown> = {};
  const violations: Violation[] = [...conflicts];
  for (const [name, field] of requestFields(kind.fields)) {
    const path = wirePath(name, field);
    const read = field.type.draft(valueAt(present, path), path.join('.'));
    draft[name] = read.draft === '' ? (field.default?.(draft) ?? '') : read.draft;
    violations.push(...read.violations);
  }
  return { draft: draft as DraftOf<F>, violations, warnings }; // it has every field that can be asked for
}
