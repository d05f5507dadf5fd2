/** A sample of a metric in the text format of Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a scrape, without comments. */
export function parseExposition(text: string): readonly Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, labels: parseLabels(labels), value: Number(value) }];
  });
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}

/** `name{label="value"}`, in the order of the sample, with further labels. */
export function seriesOf({ name, labels }: Sample, more: Readonly<Record<string, string>> = {}): string {
  const all = Object.entries({ ...labels, ...more });
  return `${name}{${all.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}

/** The same scrape with other values of some series, each of which must be there. */
export function withValues(
  samples: readonly Sample[],
  changes: readonly (readonly [series: string, value: number])[],
): readonly Sample[] {
  const known = new Map(samples.map((sample) => [seriesOf(sample), sample]));
  for (const [series, value] of changes) {
    const sample = known.get(series);
    if (sample === undefined) throw new Error(`the server has no ${series}`);
    known.set(series, { ...sample, value });
  }
  return [...known.values()];
}
