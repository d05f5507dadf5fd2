import { type Action, renderAction } from '../messages/action.ts';
import { message, render } from '../messages/message.ts';
import type { Language, Message } from '../messages/text.ts';

/** One thing that is wrong with a request. */
export interface Violation {
  /** Name of the field on the wire, e.g. `components_list.gateway`; empty for the request as a whole. */
  readonly field: string;
  readonly said: Message;
  /** What can be done about it; absent when nothing is known. */
  readonly action?: Action;
}

/** A request of 1 MB can break a rule 80,000 times; nobody reads more than these. */
const MAXIMUM_VIOLATIONS = 100;

/** Longer ones can only repeat what the request has. */
const MAXIMUM_FIELD = 400;

/** What is told of violations: the first of them, and how many more there are. */
export function reportedViolations(violations: readonly Violation[]): readonly Violation[] {
  const told = firstOf(violations);
  const more = violations.length - told.length;
  return more === 0 ? told : [...told, { field: '', said: message('ClusterInvalid.andMore', { count: more }) }];
}

/** The same in one message. */
export function violationsMessage(violations: readonly Violation[]): Message {
  const problems = firstOf(violations).map(violationMessage);
  const count = violations.length - problems.length;
  return count === 0
    ? message('ClusterInvalid.problems', { problems })
    : message('ClusterInvalid.problemsAndMore', { problems, count });
}

/** The violation with the name of its field. */
export function violationMessage({ field, said }: Violation): Message {
  return field === '' ? said : message('About.name', { name: field, what: said });
}

function firstOf(violations: readonly Violation[]): readonly Violation[] {
  return violations.slice(0, MAXIMUM_VIOLATIONS).map((violation) => ({
    ...violation,
    field: shorten(violation.field, MAXIMUM_FIELD),
  }));
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Violations in words, as the metadata of an error: one entry a field, in the words of the API. */
export function violationMetadata(violations: readonly Violation[], language: Language): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const { field, said, action } of reportedViolations(violations)) {
    const key = field === '' ? 'request' : field;
    const remedy = action === undefined ? undefined : renderAction(action, 'api', language);
    const words = [render(said, language), ...(remedy === undefined ? [] : [remedy])].join(BETWEEN[language]);
    metadata[key] = metadata[key] === undefined ? words : `${metadata[key]}${APART[language]}${words}`;
  }
  return metadata;
}

const BETWEEN: Readonly<Record<Language, string>> = { en: '. ', zh: '。' };
const APART: Readonly<Record<Language, string>> = { en: '; ', zh: '；' };
