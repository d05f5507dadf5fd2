import { Button, Skeleton, Table, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { textOfObject } from './removed.tsx';

const PAGE = 500;

/** The objects that Nautes holds on the cluster. */
export function ClusterObjects() {
  const { name } = useParams({ from: '/shell/clusters/$name/objects' });
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text).toLowerCase();
  const objects = useInfiniteQuery({
    queryKey: ['cluster', name, 'objects'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE), ...(pageParam !== '' && { continue: pageParam }) });
      return request<View<'objects'>>(`${clusterPath(paths.clusterObjects, name)}?${query.toString()}`, { signal });
    },
    getNextPageParam: (page) => page.continue,
  });
  const all = objects.data?.pages.flatMap(({ items }) => items);
  const shown = (all ?? []).filter((object) =>
    `${object.component} ${textOfObject(object)}`.toLowerCase().includes(wanted),
  );
  return (
    <Panel title={t('tab.objects')}>
      <Text size="sm" c="dimmed" mb="sm">
        {t('objects.about')}
      </Text>
      {objects.error !== null && <FailureAlert error={objects.error} />}
      {all === undefined && objects.error === null && <Skeleton height={300} />}
      {all !== undefined && (
        <>
          <TextInput
            label={t('objects.search')}
            maw={360}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed" my="xs" role="status">
            {t('objects.count', { shown: shown.length, total: objects.data?.pages[0]?.total ?? all.length })}
          </Text>
          <Objects objects={shown} />
          {objects.hasNextPage && (
            <Button variant="default" mt="sm" onClick={() => void objects.fetchNextPage()}>
              {t('objects.more')}
            </Button>
          )}
        </>
      )}
    </Panel>
  );
}

function Objects({ objects }: { readonly objects: View<'objects'>['items'] }) {
  return (
    <DataTable minWidth={560} columns={['component.name', 'objects.object', 'objects.state']}>
      {objects.map((object) => (
        <Table.Tr key={`${object.apiVersion} ${textOfObject(object)}`}>
          <Table.Td>{object.component}</Table.Td>
          <Table.Td className="wrap">{textOfObject(object)}</Table.Td>
          <Table.Td>
            {t(`objects.${object.state}`)}
            {object.foreign && ` · ${t('objects.foreign')}`}
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
