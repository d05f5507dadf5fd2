import { InvalidArgumentError } from 'commander';
import { stringifyYaml } from '../../base/yaml.ts';
import { cleanLine, safeJson } from './clean.ts';
import type { Kind } from '../documents/kinds.ts';
import { parseJsonPath } from './jsonpath.ts';

export const OBJECT_FORMS = ['json', 'yaml', 'name', 'jsonpath=…'] as const;

/** `value` is applied to the values of a template, see {@link Terminal.value}. */
export type Printer = (objects: readonly unknown[], isSingle: boolean, value: (text: string) => string) => string;

/**
 * The printer of a form: JSON and YAML of one object or, as in the original, of a list; names as `kind/name`; and
 * kubectl's JSONPath, for which a list is an object with `items`. `undefined` for any other form.
 * @throws NautesError `JsonPathInvalid`
 */
export function printerFor(form: string, kind: Pick<Kind, 'name'>): Printer | undefined {
  if (form === 'json') return (objects, isSingle) => `${safeJson(pick(objects, isSingle), 2)}\n`;
  if (form === 'yaml') return (objects, isSingle) => stringifyYaml(pick(objects, isSingle));
  // A name with a line end would be two for what reads them.
  if (form === 'name')
    return (objects) => objects.map((one) => `${kind.name.toLowerCase()}/${cleanLine(nameOf(one))}\n`).join('');
  const template = /^jsonpath=(.*)$/s.exec(form)?.[1];
  if (template === undefined) return undefined;
  const parsed = parseJsonPath(template);
  return (objects, isSingle, value) => parsed.render(isSingle ? objects[0] : { items: objects }, value);
}

/** The printer of a form that was asked for; a form that there is not is a mistake of usage. */
export function requireForm(
  form: string | undefined,
  find: (form: string) => Printer | undefined,
): Printer | undefined {
  if (form === undefined) return undefined;
  const printer = find(form);
  if (printer === undefined) throw new InvalidArgumentError(form);
  return printer;
}

function pick(objects: readonly unknown[], isSingle: boolean): unknown {
  return isSingle ? objects[0] : objects;
}

/** Name of an object of any kind. */
export function nameOf(object: unknown): string {
  const name = typeof object === 'object' && object !== null && 'name' in object ? object.name : undefined;
  return typeof name === 'string' ? name : '';
}
