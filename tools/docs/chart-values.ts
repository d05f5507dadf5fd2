import { isRecord } from '../../src/kube-objects/kube-object.ts';
import { parseYaml } from '../../src/base/yaml.ts';

/** A value of the chart, from `values.yaml`. */
export interface ChartValue {
  readonly path: readonly string[];
  /** The comment above it; empty when there is none. */
  readonly description: string;
  readonly fallback: unknown;
  /** Whether values below it have descriptions of their own. */
  readonly isGroup: boolean;
}

const INDENTATION = 2;

/** Every key of `values.yaml`, in its order. The comment above a key is its description; an empty line ends a comment. */
export function chartValues(text: string): readonly ChartValue[] {
  const defaults = parseYaml(text);
  const found: Omit<ChartValue, 'isGroup'>[] = [];
  let comment: string[] = [];
  let path: string[] = [];
  for (const line of text.split('\n')) {
    const [, words] = /^ *# ?(.*)$/.exec(line) ?? [];
    const [, indentation = '', key] = /^( *)([\w.-]+):/.exec(line) ?? [];
    if (words !== undefined) comment.push(words);
    if (key !== undefined) {
      path = [...path.slice(0, indentation.length / INDENTATION), key];
      found.push({ path, description: comment.join(' '), fallback: valueAt(defaults, path) });
    }
    if (words === undefined) comment = [];
  }
  const described = found.filter(({ description }) => description !== '');
  return found.map((value) => ({ ...value, isGroup: described.some((other) => isBelow(other.path, value.path)) }));
}

/** The values that have a line in the documentation: each that has a description. */
export function describedValues(values: readonly ChartValue[]): readonly ChartValue[] {
  return values.filter(({ description }) => description !== '');
}

function isBelow(path: readonly string[], above: readonly string[]): boolean {
  return path.length > above.length && above.every((name, index) => path[index] === name);
}

function valueAt(values: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), values);
}
