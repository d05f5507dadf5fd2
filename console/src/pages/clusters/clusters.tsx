import { Button, Skeleton, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import { useFleet } from '../../data/fleet.ts';
import { filterRows, type ListSearch, sortRows } from '../../data/fleet-view.ts';
import { FailureAlert } from '../../parts/failure.tsx';
import { Freshness } from '../../parts/freshness.tsx';
import { useNow } from '../../parts/now.ts';
import { Page } from '../../parts/page.tsx';
import { count } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';
import classes from './clusters.module.css';
import { ClusterGrid } from './cluster-grid.tsx';
import { FilterBar } from './filter-bar.tsx';
import { NoClusters } from './no-clusters.tsx';

/** All clusters, filtered by what stands in the address. */
export function ClustersPage() {
  const { rows, error } = useFleet();
  return (
    <Page title={t('nav.clusters')} actions={<Freshness />}>
      {rows === undefined && error !== undefined && <FailureAlert error={error} />}
      {rows === undefined ? <Loading /> : rows.length === 0 ? <NoClusters /> : <List rows={rows} />}
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

function List({ rows }: { readonly rows: readonly FleetRowView[] }) {
  const search = useSearch({ from: '/shell/clusters' });
  const navigate = useNavigate({ from: '/clusters' });
  const now = useNow(60_000);
  const wanted = useDeferredValue(search);
  const { sort = 'name' } = wanted;
  const shown = useMemo(() => sortRows(filterRows(rows, wanted, now), sort), [rows, wanted, sort, now]);
  const change = (changes: Partial<ListSearch>) =>
    void navigate({ search: (before) => cleaned({ ...before, ...changes }), replace: true, resetScroll: false });
  return (
    <>
      <FilterBar rows={rows} shown={shown} search={search} onChange={change} />
      <div className={classes.summary} role="status">
        {t('list.count', { shown: count(shown.length), total: count(rows.length) })}
      </div>
      {shown.length === 0 ? (
        <Nothing onClear={() => void navigate({ search: {}, replace: true })} />
      ) : (
        <ClusterGrid rows={shown} sort={sort} onSort={(next) => change({ sort: next })} />
      )}
    </>
  );
}

/** Without what says nothing, so that addresses stay short. */
function cleaned(search: ListSearch): ListSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ''));
}

function Nothing({ onClear }: { readonly onClear: () => void }) {
  return (
    <div className={`${classes.grid} ${classes.nothing}`}>
      <Text fw={600}>{t('list.none')}</Text>
      <Text size="sm" c="dimmed" mt={4} mb="md">
        {t('list.noneHelp')}
      </Text>
      <Button variant="default" onClick={onClear}>
        {t('filter.clear')}
      </Button>
    </div>
  );
}
