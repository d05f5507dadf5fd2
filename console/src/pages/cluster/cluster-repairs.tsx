import { Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Ago } from '../../parts/ago.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { textOfObject } from './removed.tsx';

/** What others have changed and was set back. */
export function ClusterRepairs() {
  const { name } = useParams({ from: '/shell/clusters/$name/repairs' });
  const repairs = useQuery({
    queryKey: ['cluster', name, 'repairs'],
    queryFn: ({ signal }) => request<View<'repairs'>>(clusterPath(paths.clusterRepairs, name), { signal }),
  });
  return (
    <Panel title={t('tab.repairs')}>
      {repairs.error !== null && <FailureAlert error={repairs.error} />}
      {repairs.data === undefined && repairs.error === null && <Skeleton height={160} />}
      {repairs.data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('repairs.none')}
        </Text>
      )}
      {repairs.data !== undefined && repairs.data.items.length > 0 && <Repairs items={repairs.data.items} />}
    </Panel>
  );
}

function Repairs({ items }: { readonly items: View<'repairs'>['items'] }) {
  return (
    <DataTable minWidth={640} columns={['repairs.when', 'objects.object', 'repairs.fields', 'repairs.by']}>
      {items.map(({ time, object, fields, manager, contested }) => (
        <Table.Tr key={`${time} ${textOfObject(object)} ${fields.join()}`}>
          <Table.Td>
            <Ago time={time} />
          </Table.Td>
          <Table.Td className="wrap">{textOfObject(object)}</Table.Td>
          <Table.Td className="mono wrap">
            {fields.length === 0 ? t('repairs.deleted') : fields.join(', ')}
            {contested && <div className="tone-warn">{t('repairs.contested')}</div>}
          </Table.Td>
          <Table.Td className="wrap">{manager}</Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
