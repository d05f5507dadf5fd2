import { oneOf } from '../../errors/one-of.ts';
import { NautesError } from '../../errors/errors.ts';
import { action } from '../../messages/action.ts';
import { message, quoted, render, verbatim } from '../../messages/message.ts';
import type { Message } from '../../messages/text.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { reportedViolations, type Violation } from '../../errors/violation.ts';
import type { MessageSchema } from './message.ts';

interface Rules {
  readonly minLength?: unknown;
  readonly enum?: unknown;
}

/** Breaches of the rules that stand in the schema (`minLength`, `enum`), in the order of its fields. */
export function schemaViolations(body: Readonly<Record<string, unknown>>, schema: MessageSchema): Violation[] {
  return Object.entries(schema.properties).flatMap(([field, rules]) => {
    const value = body[field] ?? '';
    const { minLength, enum: values } = rules as Rules;
    if (typeof minLength === 'number' && typeof value === 'string' && value.length < minLength) {
      const said = message('Validator.length', { minimum: minLength });
      return [{ field, said, action: action('GiveField', { field }) }];
    }
    if (Array.isArray(values) && !values.includes(value)) {
      const said = message('Validator.list', { values: values.join(' ') });
      return [{ field, said, action: action('GiveOneOf', { values: oneOf(values) }) }];
    }
    return [];
  });
}

export function nameViolations(name: string): Violation[] {
  const said = clusterNameProblem(name);
  return said === undefined ? [] : [{ field: 'cluster_name', said, action: action('ChooseOtherName') }];
}

/**
 * All violations as one error. Its message is the first broken rule of the schema as the original says it, or the
 * first violation of another kind.
 */
export function validationError(ofSchema: readonly Violation[], others: readonly Violation[]): NautesError {
  const violations = [...ofSchema, ...others];
  const [first] = ofSchema;
  const problem = first === undefined ? firstMessage(others) : quoted(originalMessage(first));
  return new NautesError('Validator', { problem }, { violations });
}

function firstMessage(violations: readonly Violation[]): Message {
  const [first] = reportedViolations(violations);
  return first === undefined ? verbatim('') : message('About.name', { name: first.field, what: first.said });
}

function originalMessage({ field, said }: Violation): string {
  const name = field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `invalid SaveRequest.Body: embedded message failed validation | caused by: invalid SaveRequest_Body.${name}: ${render(said, 'en')}`;
}
