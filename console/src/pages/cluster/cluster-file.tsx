import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { Command } from '../../parts/command.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';

/** The file of the cluster in the repository: what is declared. */
export function ClusterFile() {
  const { name } = useParams({ from: '/shell/clusters/$name/file' });
  const file = useQuery({
    queryKey: ['cluster', name, 'file'],
    queryFn: ({ signal }) => request<View<'file'>>(clusterPath(paths.clusterFile, name), { signal }),
  });
  return (
    <Panel title={t('tab.file')}>
      {file.error !== null && <FailureAlert error={file.error} />}
      {file.data === undefined && file.error === null && <Skeleton height={240} />}
      {file.data !== undefined && (
        <>
          <Text size="sm" c="dimmed" mb="xs">
            {t('file.about', { commit: file.data.commit.slice(0, 10) })}
          </Text>
          <Command text={file.data.text} label={t('tab.file')} />
        </>
      )}
    </Panel>
  );
}
