/** A metric as an expression names it. */
export interface MetricUse {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Labels of the `by` clauses of the expression, which some metric of it must have. */
  readonly expression: string;
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Labels that a scrape adds, and the bucket of a histogram. */
export const ADDED_LABELS: readonly string[] = ['namespace', 'job', 'instance', 'pod', 'le'];

/** The metrics of the server in an expression of PromQL. */
export function metricsIn(expression: string): readonly MetricUse[] {
  const found = expression.matchAll(/\b((?:nautes|process|nodejs)_\w+)(?:\{([^}]*)\})?/g);
  return [...found].map(([, name = '', matchers = '']) => ({ name, matchers: matchersOf(matchers), expression }));
}

function matchersOf(text: string): readonly Matcher[] {
  const found = text.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g);
  return [...found].map(([, label = '', operator = '', value = '']) => ({ label, operator, value }));
}

/** The labels by which an expression groups. */
export function groupingLabels(expression: string): readonly string[] {
  const found = expression.matchAll(/\bby \(([^)]*)\)/g);
  return [...found].flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()));
}
