import { type SchemaProblem, schemaProblems } from '../base/schema.ts';
import { openSchema } from './open-schemas.ts';
import type { ViewName } from './views.ts';

const MAXIMUM_PROBLEMS_SHOWN = 3;

/** How a reply violates the contract, as one phrase: it names paths and contains nothing of the reply. */
export function describeReplyProblems(name: ViewName, content: unknown): string {
  return describe(schemaProblems(openSchema(name), content));
}

function describe(problems: readonly SchemaProblem[]): string {
  const shown = problems.slice(0, MAXIMUM_PROBLEMS_SHOWN);
  const texts = shown.map(({ path, message }) => `${path === '' ? 'it' : path} ${message}`);
  const rest = problems.length - shown.length;
  return `${texts.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`;
}
