import type { LocalizedText } from '../messages/text.ts';
import type { ComponentDefinition } from './definition.ts';

/** Advisories of a component for the given facts; an advisory about a fact that is set is omitted. */
export function advisoriesFor(
  definition: Pick<ComponentDefinition, 'advisories'>,
  facts: Readonly<Record<string, unknown>>,
): readonly LocalizedText[] {
  return (definition.advisories ?? [])
    .filter(({ unless }) => unless === undefined || !Object.hasOwn(facts, unless) || facts[unless] === '')
    .map(({ text }) => text);
}
