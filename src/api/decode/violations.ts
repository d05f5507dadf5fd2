import { NautesError } from '../../errors/errors.ts';
import { clusterNameProblem } from '../../resources/cluster/names.ts';
import { reportedViolations, type Violation, violationMetadata } from '../../resources/violation.ts';
import type { MessageSchema } from './message.ts';

interface Rules {
  readonly minLength?: unknown;
  readonly enum?: unknown;
}

/** Breaches of the rules that stand in the schema (`minLength`, `enum`), in the order of its fields. */
export function schemaViolations(message: Readonly<Record<string, unknown>>, schema: MessageSchema): Violation[] {
  return Object.entries(schema.properties).flatMap(([field, rules]) => {
    const value = message[field] ?? '';
    const { minLength, enum: values } = rules as Rules;
    if (typeof minLength === 'number' && typeof value === 'string' && value.length < minLength) {
      return [{ field, message: `value length must be at least ${minLength} runes`, remedy: `Give ${field}.` }];
    }
    if (Array.isArray(values) && !values.includes(value)) {
      return [
        { field, message: `value must be in list [${values.join(' ')}]`, remedy: `Give ${values.join(' or ')}.` },
      ];
    }
    return [];
  });
}

export function nameViolations(name: string): Violation[] {
  const message = clusterNameProblem(name);
  return message === undefined ? [] : [{ field: 'cluster_name', message, remedy: 'Choose another name.' }];
}

/**
 * All violations as one error. Its message is the first broken rule of the schema as the original says it, or the
 * first violation of another kind.
 */
export function validationError(ofSchema: readonly Violation[], others: readonly Violation[]): NautesError {
  const [first] = ofSchema;
  const [other] = reportedViolations(others);
  const problem = first === undefined ? `${other?.field}: ${other?.message}` : originalMessage(first);
  const metadata = violationMetadata([...ofSchema, ...others]);
  return new NautesError('Validator', { problem }, { metadata });
}

function originalMessage({ field, message }: Violation): string {
  const name = field.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `invalid SaveRequest.Body: embedded message failed validation | caused by: invalid SaveRequest_Body.${name}: ${message}`;
}
