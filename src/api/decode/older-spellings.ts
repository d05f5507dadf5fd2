import type { ResourceKind } from '../../resources/kind.ts';
import { action } from '../../messages/action.ts';
import { message } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import type { Violation } from '../../errors/violation.ts';
import type { WireMessage } from './message.ts';

/** A body in the present spelling. */
export interface PresentSpelling {
  readonly body: WireMessage;
  readonly violations: readonly Violation[];
  readonly warnings: readonly Message[];
}

/**
 * What a body says in the spellings of older versions, in that of the present one. Both may be given when they agree.
 */
export function inPresentSpelling({ olderSpellings, singular }: ResourceKind, body: WireMessage): PresentSpelling {
  let present = body;
  const violations: Violation[] = [];
  const warnings: Message[] = [];
  for (const { from, to, applies } of olderSpellings?.rules ?? []) {
    const given = givenTexts(valueAt(body, from.split('.')), []);
    if (given.length === 0) continue;
    if (to === undefined) warnings.push(message('Warning.notUsed', { field: from }));
    else if (applies?.(body) === false) {
      warnings.push(message('Warning.noMeaning', { field: from, kind: singular }));
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
  const giveOne = action('GiveOneOfBoth');
  return path.length === 0
    ? { field: from, said: message('Validator.differs', { field: present }), action: giveOne }
    : { field: present, said: message('Validator.differsOlder'), action: giveOne };
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
export function withValue(body: unknown, path: readonly string[], value: unknown): WireMessage {
  const [key = '', ...rest] = path;
  const members = typeof body === 'object' && body !== null ? { ...body } : {};
  return { ...members, [key]: rest.length === 0 ? value : withValue(valueAt(body, [key]), rest, value) };
}
