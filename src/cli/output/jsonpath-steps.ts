/** One step of a path. */
export type Step =
  | { readonly kind: 'root' | 'all' | 'deep' }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly step: number }
  | { readonly kind: 'filter'; readonly matches: (root: unknown, item: unknown) => boolean }
  | { readonly kind: 'union'; readonly steps: readonly Step[] };

/** The values that a path leads to; none where a field is missing. */
export function evaluate(steps: readonly Step[], root: unknown, current: unknown): readonly unknown[] {
  let values: readonly unknown[] = [current];
  for (const step of steps) values = values.flatMap((value) => taken(step, root, value));
  return values;
}

function taken(step: Step, root: unknown, value: unknown): readonly unknown[] {
  if (step.kind === 'root') return [root];
  if (step.kind === 'deep') return below(value);
  if (step.kind === 'union') return step.steps.flatMap((one) => taken(one, root, value));
  if (step.kind === 'all') return members(value);
  if (step.kind === 'field') return isRecord(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
  if (!Array.isArray(value)) return [];
  if (step.kind === 'slice') return sliced(value, step);
  return step.kind === 'filter' ? value.filter((item) => step.matches(root, item)) : [];
}

function members(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? Object.values(value) : [];
}

function sliced(values: readonly unknown[], { from, to, step }: Extract<Step, { kind: 'slice' }>): readonly unknown[] {
  const place = (index: number): number => (index < 0 ? values.length + index : index);
  const start = place(from ?? 0);
  const end = to === undefined ? values.length : place(to);
  const found: unknown[] = [];
  for (let at = start; at < Math.min(end, values.length); at += step) if (at >= 0) found.push(values[at]);
  return found;
}

/** The value and everything within it. */
function below(value: unknown): readonly unknown[] {
  return [value, ...members(value).flatMap(below)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
