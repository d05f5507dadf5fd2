import { isObject, type JsonObject, type JsonValue, objectAt, stringAt, valueAt } from '../base/json.ts';
import type { FieldProblem } from '../base/status-error.ts';
import { compileExpression, type Expression } from './expressions.ts';

interface Rule {
  /** Undefined for an expression beyond what the sandbox understands: it is not checked. */
  readonly expression: Expression | undefined;
  readonly message: string;
  readonly isForbidden: boolean;
}

const cache = new WeakMap<JsonObject, readonly Rule[]>();

/**
 * What the `x-kubernetes-validations` of a definition refuse, at the object and at the objects within it; entries of
 * lists are not checked. Rules about `oldSelf` are for updates.
 */
export function ruleProblems(schema: JsonObject, object: JsonObject, live: JsonObject | undefined): FieldProblem[] {
  return problemsAt(schema, object, live, '');
}

function problemsAt(schema: JsonObject, value: JsonValue, old: JsonValue | undefined, field: string): FieldProblem[] {
  const problems = rulesOf(schema).flatMap((rule) => problemOf(rule, value, old, field));
  const properties = objectAt(schema, 'properties');
  if (properties === undefined || !isObject(value)) return problems;
  for (const [name, property] of Object.entries(properties)) {
    const inner = value[name];
    if (!isObject(property) || inner === undefined) continue;
    const path = field === '' ? name : `${field}.${name}`;
    problems.push(...problemsAt(property, inner, valueAt(old, name), path));
  }
  return problems;
}

function problemOf(rule: Rule, self: JsonValue, oldSelf: JsonValue | undefined, field: string): FieldProblem[] {
  const { expression, message, isForbidden } = rule;
  if (expression === undefined || (expression.mentions('oldSelf') && oldSelf === undefined)) return [];
  if (expression.evaluate({ self, oldSelf }) === true) return [];
  const place = field === '' ? '<nil>' : field;
  if (isForbidden) return [{ reason: 'FieldValueForbidden', field: place, message: `Forbidden: ${message}` }];
  return [{ reason: 'FieldValueInvalid', field: place, message: `Invalid value: ${message}` }];
}

function rulesOf(schema: JsonObject): readonly Rule[] {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const listed = schema['x-kubernetes-validations'];
  const rules = (Array.isArray(listed) ? (listed as readonly JsonValue[]) : []).map((rule): Rule => {
    const text = stringAt(rule, 'rule') ?? '';
    return {
      expression: compileExpression(text),
      message: stringAt(rule, 'message') ?? `failed rule: ${text}`,
      isForbidden: stringAt(rule, 'reason') === 'FieldValueForbidden',
    };
  });
  cache.set(schema, rules);
  return rules;
}
