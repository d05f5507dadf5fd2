import { Button, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useFleetRows } from '../../data/fleet.ts';
import { filterRows, type ListSearch, sortRows } from '../../data/fleet-view.ts';
import { rememberList } from '../../data/last-list.ts';
import { NOTHING_SELECTED, type Selection } from '../../data/selection.ts';
import { useSameList } from '../../data/use-same-list.ts';
import { useThrottled } from '../../data/use-throttled.ts';
import { useNow } from '../../parts/now.ts';
import { count } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';
import { ClusterGrid } from './cluster-grid.tsx';
import classes from './clusters.module.css';
import { DisplayMenu, useDisplay } from './display-menu.tsx';
import { Export, FilterBar } from './filter-bar.tsx';
import { SelectionBar } from './selection-bar.tsx';

/** Shortest time between two orders of the rows, in milliseconds. Each row itself changes at once. */
const ORDER_INTERVAL = 250;
/** The same of the counts of the filters. */
const COUNTS_INTERVAL = 1000;

/** The clusters that the filter in the address leaves. */
export function ClusterList() {
  const search = useSearch({ from: '/shell/clusters' });
  const navigate = useNavigate({ from: '/clusters' });
  const now = useNow(60_000);
  const held = useRef(0);
  const rows = useFleetRows(ORDER_INTERVAL, held);
  const counted = useThrottled(rows, COUNTS_INTERVAL);
  const wanted = useDeferredValue(search);
  const { sort = 'name' } = wanted;
  const shown = useMemo(() => sortRows(filterRows(rows, wanted, now), sort), [rows, wanted, sort, now]);
  const names = useSameList(useMemo(() => shown.map(({ name }) => name), [shown]));
  const exported = useRef(shown);
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const { columns, density } = useDisplay();
  useEffect(() => rememberList(search), [search]);
  useEffect(() => void (exported.current = shown), [shown]);
  const change = useCallback(
    (changes: Partial<ListSearch>) =>
      void navigate({ search: (before) => cleaned({ ...before, ...changes }), replace: true, resetScroll: false }),
    [navigate],
  );
  const onSort = useCallback((next: string) => change({ sort: next }), [change]);
  const selected = useMemo(
    () => (selection.names.size === 0 ? [] : rows.filter(({ name }) => selection.names.has(name))),
    [rows, selection],
  );
  return (
    <>
      <FilterBar rows={counted} search={search} onChange={change} />
      <div className={classes.summary}>
        <span role="status" className={classes.count}>
          {t('list.count', { shown: count(shown.length), total: count(rows.length) })}
        </span>
        <DisplayMenu columns={columns} density={density} />
        <Export rows={exported} />
      </div>
      {shown.length === 0 ? (
        <Nothing onClear={() => void navigate({ search: {}, replace: true })} />
      ) : (
        <ClusterGrid
          names={names}
          columns={columns}
          density={density}
          sort={sort}
          onSort={onSort}
          selection={selection}
          onSelection={setSelection}
          held={held}
        />
      )}
      <SelectionBar rows={selected} onSelection={setSelection} />
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
