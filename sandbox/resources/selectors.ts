import { isObject, type JsonObject, type JsonValue, stringAt, valueAt } from '../base/json.ts';
import { badRequest } from '../base/status-error.ts';

type Labels = Readonly<Record<string, JsonValue | undefined>>;
type Predicate = (labels: Labels) => boolean;

const SET_REQUIREMENT = /^\s*(\S+?)\s+(in|notin)\s+\(([^)]*)\)\s*$/;
const EQUALITY_REQUIREMENT = /^\s*([^\s=!]+)\s*(==|=|!=)\s*([^\s=]*)\s*$/;

/** A label selector of a query, as in `a=b,c!=d,e in (f,g),h,!i`. @throws StatusError 400 */
export function parseLabelSelector(text: string): Predicate | undefined {
  if (text.trim() === '') return undefined;
  const predicates = splitRequirements(text).map(parseRequirement);
  return (labels) => predicates.every((predicate) => predicate(labels));
}

/** Splits at commas outside of parentheses. */
function splitRequirements(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

function parseRequirement(text: string): Predicate {
  const set = SET_REQUIREMENT.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(stringAt(labels, key) ?? '\0') === (operator === 'in');
  }
  const equality = EQUALITY_REQUIREMENT.exec(text);
  if (equality !== null) {
    const [, key = '', operator, value] = equality;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const key = text.trim();
  if (key.startsWith('!')) return (labels) => labels[key.slice(1).trim()] === undefined;
  if (key === '' || /\s/.test(key)) throw badRequest(`unable to parse requirement: ${text}`);
  return (labels) => labels[key] !== undefined;
}

/** Whether a `metav1.LabelSelector` matches; an empty one matches everything, an absent one nothing. */
export function matchesLabelSelector(selector: JsonObject | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  const wanted = selector['matchLabels'];
  if (isObject(wanted) && Object.entries(wanted).some(([key, value]) => labels[key] !== value)) return false;
  const expressions = selector['matchExpressions'];
  return !Array.isArray(expressions) || expressions.every((expression) => matchesExpression(expression, labels));
}

function matchesExpression(expression: JsonValue, labels: Labels): boolean {
  const key = stringAt(expression, 'key') ?? '';
  const listed = valueAt(expression, 'values');
  const values: readonly JsonValue[] = Array.isArray(listed) ? listed : [];
  const value = labels[key];
  switch (stringAt(expression, 'operator') ?? '') {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** A field selector of a query, as in `metadata.name=a,status.phase!=Running`. */
export function parseFieldSelector(text: string): ((object: JsonObject) => boolean) | undefined {
  if (text.trim() === '') return undefined;
  const requirements = text.split(',').map((part) => {
    const found = EQUALITY_REQUIREMENT.exec(part);
    if (found === null) throw badRequest(`invalid field selector: ${part}`);
    const [, path = '', operator, value = ''] = found;
    return { path: path.split('.'), equal: operator !== '!=', value };
  });
  return (object) =>
    requirements.every(({ path, equal, value }) => {
      const found = valueAt(object, ...path);
      const printed = typeof found === 'object' ? '' : String(found ?? '');
      return (printed === value) === equal;
    });
}
