import type { TSchema } from 'typebox';
import { schemaProblems } from '../base/schema.ts';
import { schemaProblemsSaid } from '../errors/schema-texts.ts';
import { message } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** What is wrong with a reply that does not have the form of the schema; nothing of its content. */
export function replyProblem(path: string, schema: TSchema, content: unknown): Message {
  const problems = schemaProblems(schema, content);
  const what = problems.length === 0 ? message('GitHostInvalid.noJson') : schemaProblemsSaid(problems);
  return message('About.name', { name: path, what });
}
