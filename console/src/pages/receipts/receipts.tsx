import { Button, Skeleton, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { Ago } from '../../parts/ago.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t, textOfName } from '../../texts/index.ts';
import classes from '../cluster/cluster.module.css';

type Item = View<'receipts'>['items'][number];

const PAGE = 50;

/** The receipts of all clusters that were removed. */
export function ReceiptsPage() {
  const receipts = useInfiniteQuery({
    queryKey: ['receipts'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE), ...(pageParam !== '' && { continue: pageParam }) });
      return request<View<'receipts'>>(`${paths.receipts}?${query.toString()}`, { signal });
    },
    getNextPageParam: (page) => page.continue,
  });
  const items = receipts.data?.pages.flatMap((page) => page.items);
  return (
    <Page title={t('nav.receipts')}>
      <Panel title={t('nav.receipts')}>
        <Text size="sm" c="dimmed" mb="xs">
          {t('receipts.about')}
        </Text>
        {receipts.error !== null && <FailureAlert error={receipts.error} />}
        {items === undefined && receipts.error === null && <Skeleton height={200} />}
        {items?.length === 0 && <Text size="sm">{t('receipts.none')}</Text>}
        <ol className={classes.log}>
          {items?.map((item) => (
            <Receipt key={item.incarnation} item={item} />
          ))}
        </ol>
        {receipts.hasNextPage && (
          <Button variant="default" mt="sm" onClick={() => void receipts.fetchNextPage()}>
            {t('receipts.more')}
          </Button>
        )}
      </Panel>
    </Page>
  );
}

function Receipt({ item }: { readonly item: Item }) {
  const { cluster, outcome, requested_by: who, completed_at: ended, forced, removed, left, remaining } = item;
  return (
    <li className={classes.commit}>
      <Text size="sm" fw={600} component="div">
        <Link to="/clusters/$name/receipt" params={{ name: cluster }}>
          {cluster}
        </Link>{' '}
        <span className={outcome === 'Complete' ? 'tone-ok' : 'tone-warn'}>{textOfName('outcome', outcome)}</span>
      </Text>
      <Text size="sm" c="dimmed">
        <Ago time={ended} /> · {who}
        {forced && ` · ${t('receipt.forced')}`} · {t('receipts.counts', { removed, left, remaining })}
      </Text>
    </li>
  );
}
