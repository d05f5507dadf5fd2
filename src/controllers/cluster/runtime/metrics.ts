import type { CounterDefinition } from '../../../base/metrics.ts';

/** Both labels come from the catalogue: its components, and the kinds of their manifests. */
export const repairCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_repairs_total',
  help: 'Objects that were set back, by component and kind of object.',
  labels: ['component', 'kind'],
};

/** What the controllers of clusters count. */
export const clusterMetrics = [repairCount] as const;
