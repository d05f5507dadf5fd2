import type { ResourceKind } from '../../resources/kind.ts';
import type { Violation } from '../../resources/violation.ts';
import type { Message } from './message.ts';

/** A body in the present spelling. */
export interface PresentSpelling {
  readonly body: Message;
  readonly violations: readonly Violation[];
  readonly warnings: readonly string[];
}

/**
 * What a body says in the spellings of older versions, in that of the present one. Both may be given when they agree.
 */
export function inPresentSpelling({ olderSpellings, singular }: ResourceKind, body: Message): PresentSpelling {
  let present = body;
  const violations: Violation[] = [];
  const warnings: string[] = [];
  for (const { from, to, applies } of olderSpellings?.rules ?? []) {
    const given = givenTexts(valueAt(body, from.split('.')), []);
    if (given.length === 0) continue;
    if (to === undefined) warnings.push(`${from} is not used`);
    else if (applies?.(body) === false) {
      warnings.push(`${from} has no meaning for this variety of ${singular} and is dropped`);
    } else {
      for (const { path, text } of given) {
        const target = [...to.split('.'), ...path];
        const other = valueAt(present, target);
        if (other === undefined || other === '') present = withValue(present, target, text);
        else if (other !== text) violations.push(difference(from, target, path));
      }
    }
  }
  return { body: present, violations, warnings };
}

/** A setting is called by its older name; of what was only renamed the present name is known better. */
function difference(from: string, target: readonly string[], path: readonly string[]): Violation {
  const present = target.join('.');
  const remedy = 'Give one of the two.';
  return path.length === 0
    ? { field: from, message: `differs from ${present}`, remedy }
    : { field: present, message: 'differs from its older spelling', remedy };
}

interface GivenText {
  readonly path: readonly string[];
  readonly text: string;
}

/** Every text that is not empty, with its path from the value. */
function givenTexts(value: unknown, path: readonly string[]): readonly GivenText[] {
  if (typeof value === 'string') return value === '' ? [] : [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => givenTexts(member, [...path, key]));
}

/** What stands at the path; `undefined` for nothing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Readonly<Record<string, unknown>>)[key]
        : undefined,
    value,
  );
}

/** A copy with the value at the path. Keys are defined, not assigned: `__proto__` is one like any other. */
function withValue(message: unknown, path: readonly string[], value: unknown): Message {
  const [key = '', ...rest] = path;
  const members = typeof message === 'object' && message !== null ? { ...message } : {};
  return { ...members, [key]: rest.length === 0 ? value : withValue(valueAt(message, [key]), rest, value) };
}
