import { Button, Group, Skeleton, Switch, Table, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { quoted } from '../../data/shell.ts';
import { CopyButton } from '../../parts/command.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { textOfObject } from './removed.tsx';

const PAGE = 500;

/** The objects that Nautes holds on the cluster. */
export function ClusterObjects() {
  const { name } = useParams({ from: '/shell/clusters/$name/objects' });
  const { component = '' } = useSearch({ from: '/shell/clusters/$name/objects' });
  const [text, setText] = useState(component);
  const [isOnlyNotReady, setOnlyNotReady] = useState(false);
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
  const shown = (all ?? [])
    .filter(({ ready }) => !isOnlyNotReady || ready === false)
    .filter((object) =>
      `${object.component} ${textOfObject(object)} ${object.reason ?? ''}`.toLowerCase().includes(wanted),
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
          <Group align="flex-end">
            <TextInput
              label={t('objects.search')}
              maw={360}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <Switch
              label={t('objects.onlyNotReady')}
              mb={8}
              checked={isOnlyNotReady}
              onChange={(event) => setOnlyNotReady(event.currentTarget.checked)}
            />
          </Group>
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

type HeldObject = View<'objects'>['items'][number];

function Objects({ objects }: { readonly objects: readonly HeldObject[] }) {
  return (
    <DataTable minWidth={640} columns={['component.name', 'objects.object', 'objects.state', 'objects.command']}>
      {objects.map((object) => (
        <Table.Tr key={`${object.apiVersion} ${textOfObject(object)}`}>
          <Table.Td>{object.component}</Table.Td>
          <Table.Td className="wrap">{textOfObject(object)}</Table.Td>
          <Table.Td className="wrap">
            <State object={object} />
          </Table.Td>
          <Table.Td>
            <CopyButton text={commandFor(object)} label={t('objects.copy', { object: textOfObject(object) })} />
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}

/** How it was at the last look, and why it was not ready. */
function State({ object: { state, ready, reason = '', message = '', foreign } }: { readonly object: HeldObject }) {
  const tone = ready === undefined ? 'tone-idle' : ready ? 'tone-ok' : 'tone-bad';
  return (
    <>
      <span className={tone}>
        {ready === undefined ? t(`objects.${state}`) : t(ready ? 'objects.ready' : 'objects.notReady')}
      </span>
      {foreign && ` · ${t('objects.foreign')}`}
      {ready === false && (
        <Text size="sm" className="wrap">
          {reason !== '' && <strong>{reason}</strong>} {message}
        </Text>
      )}
    </>
  );
}

/** Reads it on the cluster, for those who have a way there. */
function commandFor({ apiVersion, kind, namespace, name }: HeldObject): string {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const resource = group === '' ? kind : `${kind}.${version}.${group}`;
  const place = namespace === '' ? '' : ` --namespace ${quoted(namespace)}`;
  return `kubectl get ${quoted(resource.toLowerCase())} ${quoted(name)}${place} --output yaml`;
}
