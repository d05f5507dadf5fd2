import { isRecord } from './kube-object.ts';

/**
 * One step into a value. Written form of a path: `spec.ports[name=web].nodePort`, `webhooks[*].clientConfig`,
 * `args[0]`, `metadata.annotations["a.b/c"]`.
 */
export type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'item'; readonly index: number }
  | { readonly kind: 'named'; readonly key: string; readonly value: string }
  | { readonly kind: 'each' };

export type FieldPath = readonly PathStep[];

const STEP = /\.?([^.[\]"]+)|\["([^"]+)"\]|\[(\*)\]|\[(\d+)\]|\[([^=\]]+)=([^\]]*)\]/y;

/** @throws Error when the text is no path; paths come from the catalogue, not from users */
export function parseFieldPath(text: string): FieldPath {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    if (match === null) throw new Error(`not a field path at character ${at + 1}: ${text}`);
    const [, plain, quoted, each, index, key, value] = match;
    if (each !== undefined) steps.push({ kind: 'each' });
    else if (index !== undefined) steps.push({ kind: 'item', index: Number(index) });
    else if (key !== undefined) steps.push({ kind: 'named', key, value: value ?? '' });
    else steps.push({ kind: 'member', name: plain ?? quoted ?? '' });
  }
  return steps;
}

export function formatFieldPath(path: FieldPath): string {
  return path.reduce((text, step) => text + formatStep(step, text === ''), '');
}

function formatStep(step: PathStep, isFirst: boolean): string {
  if (step.kind === 'item') return `[${step.index}]`;
  if (step.kind === 'named') return `[${step.key}=${step.value}]`;
  if (step.kind === 'each') return '[*]';
  if (/[.[\]"]/.test(step.name)) return `["${step.name}"]`;
  return isFirst ? step.name : `.${step.name}`;
}

/** True when the concrete path is the pattern's or lies below it. */
export function isAtOrBelow(path: FieldPath, pattern: FieldPath): boolean {
  return pattern.length <= path.length && pattern.every((step, index) => stepMatches(path[index], step));
}

function stepMatches(step: PathStep | undefined, pattern: PathStep): boolean {
  if (step === undefined) return false;
  if (pattern.kind === 'each') return step.kind !== 'member';
  if (pattern.kind === 'member') return step.kind === 'member' && step.name === pattern.name;
  if (pattern.kind === 'item') return step.kind === 'item' && step.index === pattern.index;
  return step.kind === 'named' && step.key === pattern.key && step.value === pattern.value;
}

/** The concrete paths of a value that match a pattern. */
export function expandPath(value: unknown, pattern: FieldPath): FieldPath[] {
  let found: { path: PathStep[]; value: unknown }[] = [{ path: [], value }];
  for (const step of pattern) {
    found = found.flatMap((place) =>
      stepsInto(place.value, step).map(([next, inner]) => ({ path: [...place.path, next], value: inner })),
    );
  }
  return found.map(({ path }) => path);
}

function stepsInto(value: unknown, step: PathStep): [PathStep, unknown][] {
  if (step.kind === 'member') {
    return isRecord(value) && Object.hasOwn(value, step.name) ? [[step, value[step.name]]] : [];
  }
  if (!Array.isArray(value)) return [];
  const items = value.map((item: unknown, index): [PathStep, unknown] => [itemStep(value, item, index), item]);
  if (step.kind === 'each') return items;
  if (step.kind === 'item') return items.slice(step.index, step.index + 1);
  return items.filter(([, item]) => isRecord(item) && item[step.key] === step.value);
}

/** Items of a list whose items all have different names are told apart by name, others by position. */
export function itemStep(list: readonly unknown[], item: unknown, index: number): PathStep {
  const name = hasUniqueNames(list) && isRecord(item) ? item['name'] : undefined;
  return typeof name === 'string' ? { kind: 'named', key: 'name', value: name } : { kind: 'item', index };
}

export function hasUniqueNames(list: readonly unknown[]): boolean {
  const names = list.map((item) => (isRecord(item) ? item['name'] : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

/** The value a concrete path leads to. */
export function valueAtPath(value: unknown, path: FieldPath): unknown {
  let current = value;
  for (const step of path) current = stepsInto(current, step)[0]?.[1];
  return current;
}

/** A copy of the value with something else where the concrete path leads to; what is missing on the way is made. */
export function withValueAtPath(value: unknown, path: FieldPath, inner: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return inner;
  if (step.kind === 'member') {
    const members = isRecord(value) ? value : {};
    return { ...members, [step.name]: withValueAtPath(members[step.name], rest, inner) };
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const at = list.findIndex((item, index) => stepMatches(itemStep(list, item, index), step));
  const item = withValueAtPath(at < 0 ? undefined : list[at], rest, inner);
  return at < 0 ? [...list, item] : list.with(at, item);
}

/** A copy of the value without what the concrete path leads to. */
export function withoutPath(value: unknown, path: FieldPath): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (isRecord(value) && step.kind === 'member') {
    const { [step.name]: inner, ...others } = value;
    if (rest.length === 0 || inner === undefined) return others;
    return { ...value, [step.name]: withoutPath(inner, rest) };
  }
  if (!Array.isArray(value)) return value;
  return value.flatMap((item: unknown, index) => {
    if (!stepMatches(itemStep(value, item, index), step)) return [item];
    return rest.length === 0 ? [] : [withoutPath(item, rest)];
  });
}
