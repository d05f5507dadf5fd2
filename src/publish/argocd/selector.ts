import { isRecord, listAt, textAt, valueAt } from '../../kube-objects/kube-object.ts';

/** Whether labels match a label selector (`matchLabels`, `matchExpressions`). What is not understood matches. */
export function matchesSelector(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = valueAt(selector, 'matchLabels');
  const areEqual = Object.entries(isRecord(wanted) ? wanted : {}).every(([key, value]) => labels[key] === value);
  return areEqual && listAt(selector, 'matchExpressions').every((expression) => matches(expression, labels));
}

function matches(expression: unknown, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textAt(expression, 'key')];
  const values = listAt(expression, 'values');
  switch (textAt(expression, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return true;
  }
}
