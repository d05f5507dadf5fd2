import type { CounterDefinition } from '../../../base/metrics.ts';

/** Both labels come from the catalogue: its components, and the kinds of their manifests. */
export const repairCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_repairs_total',
  help: 'Objects that were set back, by component and kind of object.',
  labels: ['component', 'kind'],
};

/** Publications are few, and so are their results. */
export const publicationCount: CounterDefinition = {
  type: 'counter',
  name: 'nautes_publications_total',
  help: 'What was done for clusters in the management cluster, by publication and result: published, updated, renewed, repaired, withdrawn, failed.',
  labels: ['publication', 'result'],
};

/** What the controllers of clusters count. */
export const clusterMetrics = [repairCount, publicationCount] as const;
