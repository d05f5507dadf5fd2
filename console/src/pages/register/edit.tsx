import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { clusterQuery } from '../../data/cluster.ts';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';
import { NotRegistered } from '../cluster/not-registered.tsx';
import { draftOf } from './cluster-draft.ts';
import { ClusterForm } from './cluster-form.tsx';

/** Changes a registration. */
export function EditPage() {
  const { name } = useParams({ from: '/shell/clusters/$name/edit' });
  const { data, error } = useQuery(clusterQuery(name));
  if (data === null) return <NotRegistered name={name} />;
  return (
    <Page title={t('edit.title', { name })}>
      {error !== null && <FailureAlert error={error} />}
      {data === undefined ? (
        <Skeleton height={400} />
      ) : (
        <ClusterForm key={name} initial={draftOf(data)} before={data} />
      )}
    </Page>
  );
}
