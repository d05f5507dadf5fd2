import { replyChecks } from './generated/reply-checks.js';
import type { View, ViewName } from './views.ts';

/** A reply that violates the contract. Its message names paths and contains nothing of the reply. */
export class ReplyProblem extends Error {
  override readonly name = 'ReplyProblem';
}

/**
 * The validated content of a reply. A server of a newer version may send fields and enumeration values that this
 * version does not know: they are accepted.
 *
 * The checks are generated from the schemas (`make docs`): a command line that had to load and compile the schemas at
 * each start would take three times as long. The schemas are loaded to describe a violation.
 * @throws ReplyProblem
 */
export async function readView<Name extends ViewName>(name: Name, content: unknown): Promise<View<Name>> {
  if (replyChecks[name](content)) return content as View<Name>; // the generated check says so
  const { describeReplyProblems } = await import('./reply-problems.ts');
  throw new ReplyProblem(describeReplyProblems(name, content));
}
