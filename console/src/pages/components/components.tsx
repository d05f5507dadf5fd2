import { Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { catalogQuery } from '../../data/cluster.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { count } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';

type Item = View<'fleetComponents'>['items'][number];

/** The catalogue, and which versions the clusters have. */
export function ComponentsPage() {
  const matrix = useQuery({
    queryKey: ['fleet-components'],
    queryFn: ({ signal }) => request<View<'fleetComponents'>>(paths.fleetComponents, { signal }),
  });
  return (
    <Page title={t('nav.components')}>
      {matrix.error !== null && <FailureAlert error={matrix.error} />}
      {matrix.data === undefined && matrix.error === null && <Skeleton height={360} radius={12} />}
      {matrix.data !== undefined && <Matrix items={matrix.data.items} />}
    </Page>
  );
}

function Matrix({ items }: { readonly items: readonly Item[] }) {
  return (
    <Panel title={t('cluster.components')}>
      <Text size="sm" c="dimmed" mb="xs">
        {t('matrix.about')}
      </Text>
      <DataTable
        minWidth={720}
        verticalSpacing="sm"
        columns={['component.name', 'matrix.catalogue', 'matrix.versions', 'matrix.notReady', 'matrix.advisories']}
      >
        {items.map((item) => (
          <Row key={item.name} item={item} />
        ))}
      </DataTable>
    </Panel>
  );
}

function Row({ item: { name, category, version, versions } }: { readonly item: Item }) {
  const { data: catalog } = useQuery(catalogQuery);
  const advisories = catalog?.components.find((component) => component.name === name)?.advisories ?? [];
  const notReady = versions.reduce((sum, each) => sum + each.not_ready, 0);
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600} component="div">
          <Link to="/components/$component" params={{ component: name }}>
            {name}
          </Link>
        </Text>
        <Text size="xs" c="dimmed">
          {category}
        </Text>
      </Table.Td>
      <Table.Td>{version}</Table.Td>
      <Table.Td>
        {versions.length === 0 && <span className="dim">{t('matrix.none')}</span>}
        {versions.map((each) => (
          <div key={each.version} className={each.version === version ? '' : 'tone-warn'}>
            {each.version} <span className="dim">{count(each.clusters)}</span>
          </div>
        ))}
      </Table.Td>
      <Table.Td>
        {notReady === 0 ? (
          0
        ) : (
          <Link to="/clusters" search={{ component: name }}>
            {count(notReady)}
          </Link>
        )}
      </Table.Td>
      <Table.Td miw={180}>
        {advisories.map((advisory) => (
          <Text key={advisory} size="xs" className="tone-warn wrap">
            {advisory}
          </Text>
        ))}
      </Table.Td>
    </Table.Tr>
  );
}
