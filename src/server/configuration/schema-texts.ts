import type { SchemaProblem } from '../../base/schema.ts';
import { message, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';

/** Every violation of the schema, each after its key. */
export function schemaProblemsSaid(problems: readonly SchemaProblem[]): Message {
  return message('Several', { each: problems.map(problemSaid) });
}

function problemSaid(problem: SchemaProblem): Message {
  const what = ruleSaid(problem);
  return problem.path === '' ? what : message('About.name', { name: problem.path, what });
}

function ruleSaid({ rule, message: words }: SchemaProblem): Message {
  switch (rule.kind) {
    case 'unknownKeys':
      return message('ConfigurationInvalid.unknownKey', { keys: rule.keys });
    case 'oneOf':
      return message('ConfigurationInvalid.oneOf', { allowed: rule.allowed });
    case 'type':
      return message('ConfigurationInvalid.type', { type: rule.type });
    case 'limit':
      return message('ConfigurationInvalid.limit', { comparison: rule.comparison, limit: rule.limit });
    case 'other':
      return verbatim(words);
    default:
      return rule satisfies never;
  }
}
