import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { ComponentView } from '../../../../src/contract/views.ts';
import { catalogQuery } from '../../data/cluster.ts';
import { type ComponentEdge, edgesOf, inOrder } from '../../data/component-order.ts';
import { patiently } from '../../data/patient-import.ts';
import { Phase } from '../../parts/phase.tsx';
import { useNarrow } from '../../parts/use-narrow.ts';
import { t } from '../../texts/index.ts';
import classes from './cluster.module.css';

const loadGraph = patiently(() => import('./component-graph.tsx'));
const ComponentGraph = lazy(async () => ({ default: (await loadGraph()).ComponentGraph }));

/** The components in the order they are installed: a graph, on phones a list. */
export function ComponentSteps({ components }: { readonly components: readonly ComponentView[] }) {
  const { data: catalog } = useQuery(catalogQuery);
  const isNarrow = useNarrow();
  const edges = edgesOf(components, catalog);
  if (isNarrow) return <Steps components={components} edges={edges} />;
  return (
    <Suspense fallback={<Skeleton height={180} />}>
      <ComponentGraph components={components} edges={edges} />
    </Suspense>
  );
}

interface StepsProps {
  readonly components: readonly ComponentView[];
  readonly edges: readonly ComponentEdge[];
}

function Steps({ components, edges }: StepsProps) {
  return (
    <ol className={classes.steps}>
      {inOrder(components, edges).map(({ name, phase, objects }) => {
        const sources = edges.filter(({ to }) => to === name).map(({ from }) => from);
        return (
          <li key={name}>
            <strong>{name}</strong>
            <Phase phase={phase} />
            {objects.total > 0 && (
              <span className="dim">
                {objects.ready}/{objects.total}
              </span>
            )}
            {sources.length > 0 && <span className="dim">{t('component.waits', { names: sources.join(', ') })}</span>}
          </li>
        );
      })}
    </ol>
  );
}
