import { Skeleton } from '@mantine/core';
import { useFleetError, useFleetExtent } from '../../data/fleet.ts';
import { FailureAlert } from '../../parts/failure.tsx';
import { Freshness } from '../../parts/freshness.tsx';
import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';
import { ClusterList } from './cluster-list.tsx';
import { NoClusters } from './no-clusters.tsx';

/** All clusters, filtered by what stands in the address. */
export function ClustersPage() {
  const extent = useFleetExtent();
  const error = useFleetError();
  return (
    <Page title={t('nav.clusters')} actions={<Freshness />}>
      {error !== undefined && <FailureAlert error={error} />}
      {extent === 'unknown' ? <Loading /> : extent === 'none' ? <NoClusters /> : <ClusterList />}
    </Page>
  );
}

function Loading() {
  return (
    <div role="status" aria-busy aria-label={t('loading')}>
      <Skeleton height={36} mb={12} maw={420} />
      <Skeleton height={420} radius={12} />
    </div>
  );
}
