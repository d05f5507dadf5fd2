import { Alert, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { ClusterView } from '../../../../src/contract/views.ts';
import { clusterQuery, fileChangeQuery, useLiveCluster } from '../../data/cluster.ts';
import { FailureAlert } from '../../parts/failure.tsx';
import { Page } from '../../parts/page.tsx';
import { t } from '../../texts/index.ts';
import { NotRegistered } from '../cluster/not-registered.tsx';
import { draftOf } from './cluster-draft.ts';
import { ClusterForm } from './cluster-form.tsx';

/** Changes a registration; with the state of a commit in the address the form begins with what was declared then. */
export function EditPage() {
  const { name } = useParams({ from: '/shell/clusters/$name/edit' });
  const { state: commit = '' } = useSearch({ from: '/shell/clusters/$name/edit' });
  useLiveCluster(name);
  const { data, error } = useQuery(clusterQuery(name));
  if (data === null) return <NotRegistered name={name} />;
  return (
    <Page title={t('edit.title', { name })}>
      {error !== null && <FailureAlert error={error} />}
      {data === undefined ? (
        <Skeleton height={400} />
      ) : commit === '' ? (
        <ClusterForm key={name} initial={draftOf(data)} before={data} current={data} />
      ) : (
        <FormOfState name={name} commit={commit} />
      )}
    </Page>
  );
}

function FormOfState({ name, commit }: { readonly name: string; readonly commit: string }) {
  const { data, error } = useQuery(fileChangeQuery(name, commit));
  const short = commit.slice(0, 10);
  if (error !== null) return <FailureAlert error={error} />;
  if (data === undefined) return <Skeleton height={400} />;
  const cluster: ClusterView | undefined = data.cluster;
  if (cluster === undefined) return <Alert color="yellow">{t('history.unusable', { commit: short })}</Alert>;
  return (
    <>
      <Alert color="blue" mb="md">
        {t('history.using', { commit: short })}
      </Alert>
      <ClusterForm key={`${name} ${commit}`} initial={draftOf(cluster)} before={cluster} />
    </>
  );
}
