import { nearestWord } from '../base/nearest.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';
import type { ComponentDefinition } from './definition.ts';

/** A setting that a cluster has for a component and the component does not know. */
export interface UnknownAddition {
  readonly key: string;
  /** The setting that was probably meant, or those that there are. */
  readonly hint: Message;
}

/** The settings that the component does not have. */
export function unknownAdditions(
  { additions = [] }: Pick<ComponentDefinition, 'additions'>,
  given: Readonly<Record<string, string>>,
): readonly UnknownAddition[] {
  const known = additions.map(({ name }) => name);
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => ({ key, hint: hintFor(key, known) }));
}

function hintFor(key: string, known: readonly string[]): Message {
  const nearest = nearestWord(key, known);
  if (nearest !== undefined) return message('AdditionUnknown.nearest', { nearest });
  return known.length === 0 ? message('AdditionUnknown.none') : message('AdditionUnknown.known', { known });
}
