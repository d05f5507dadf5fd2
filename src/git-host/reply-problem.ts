import type { TSchema } from 'typebox';
import { describeProblems, schemaProblems } from '../base/schema.ts';
import { message, verbatim } from '../messages/message.ts';
import type { Message } from '../messages/text.ts';

/** What is wrong with a reply that does not have the form of the schema; nothing of its content. */
export function replyProblem(path: string, schema: TSchema, content: unknown): Message {
  const problems = describeProblems(schemaProblems(schema, content));
  const what = problems === '' ? message('GitHostInvalid.noJson') : verbatim(problems);
  return message('About.name', { name: path, what });
}
