import type { SchemaProblem } from '../base/schema.ts';
import { message, quoted } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

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
      return message('Schema.unknownKey', { keys: rule.keys });
    case 'oneOf':
      return message('Schema.oneOf', { allowed: rule.allowed });
    case 'type':
      return message('Schema.type', { type: rule.type });
    case 'limit':
      return message('Schema.limit', { comparison: rule.comparison, limit: rule.limit });
    case 'required':
      return message('Schema.required', { keys: rule.keys });
    case 'pattern':
      return message('Schema.pattern', { pattern: rule.pattern });
    case 'noneOf':
      return message('Schema.noneOf');
    case 'other':
      return quoted(words);
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
    default:
      return message(`Schema.${rule.kind}`, { limit: rule.limit });
  }
}
