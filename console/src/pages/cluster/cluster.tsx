import { Alert, Skeleton, Text } from '@mantine/core';
import { IconPlayerPauseFilled } from '@tabler/icons-react';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import type { StatusView } from '../../../../src/contract/views.ts';
import { clusterTabs } from '../../app/cluster-tabs.ts';
import { isMissing, useLiveCluster, useStatus } from '../../data/cluster.ts';
import { useFleetRow } from '../../data/fleet.ts';
import { Ago } from '../../parts/ago.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Freshness } from '../../parts/freshness.tsx';
import { Page } from '../../parts/page.tsx';
import { Phase, shownPhase } from '../../parts/phase.tsx';
import { Remedy } from '../../parts/remedy.tsx';
import { exactTime } from '../../parts/time.ts';
import { t } from '../../texts/index.ts';
import classes from './cluster.module.css';
import { ClusterActions } from './cluster-actions.tsx';
import { Neighbours } from './neighbours.tsx';
import { Removed } from './removed.tsx';

/** The frame of the pages of one cluster. One that is gone leaves its receipt at the same address. */
export function ClusterLayout() {
  const { name } = useParams({ from: '/shell/clusters/$name' });
  useLiveCluster(name);
  const status = useStatus(name);
  if (isMissing(status.error)) return <Removed name={name} />;
  if (status.data === undefined) {
    return (
      <Page title={name}>
        {status.error === null ? (
          <Loading />
        ) : (
          <FailureAlert error={status.error} onRetry={() => void status.refetch()} />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={name}
      actions={
        <>
          <Neighbours name={name} />
          <Freshness />
        </>
      }
    >
      <Headline name={name} status={status.data} />
      <nav className={classes.tabs} aria-label={t('tab.label', { name })}>
        {clusterTabs.map(({ to, text }) => (
          <Link key={to} to={to} params={{ name }} className={classes.tab} activeOptions={{ exact: true }}>
            {t(text)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}

function Loading() {
  return (
    <div role="status" aria-busy aria-label={t('loading')}>
      <Skeleton height={28} mb={16} maw={520} />
      <Skeleton height={40} mb={18} />
      <div className={classes.columns}>
        <Skeleton height={360} radius={12} />
        <Skeleton height={360} radius={12} />
      </div>
    </div>
  );
}

/** Where the cluster is in its life, why, and what can be done. */
function Headline({ name, status }: { readonly name: string; readonly status: StatusView }) {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const since = useFleetRow(name)?.since ?? ready?.lastTransitionTime ?? '';
  return (
    <>
      <div className={classes.status}>
        <Phase phase={shownPhase(status.phase, ready?.reason, false)} badge />
        <div className={classes.headline}>
          {ready?.message}{' '}
          <Text component="span" size="sm" c="dimmed">
            <Ago time={since} />
          </Text>
          {ready !== undefined && ready.status !== 'True' && <Remedy action={ready.action} text={ready.remedy} />}
        </div>
        <ClusterActions name={name} status={status} />
      </div>
      {status.paused && <Paused pause={status.paused} />}
    </>
  );
}

function Paused({ pause: { by, until, reason } }: { readonly pause: NonNullable<StatusView['paused']> }) {
  const said = [
    t('pause.banner', { by }),
    ...(until === '' ? [] : [t('pause.until', { time: exactTime(until) })]),
    ...(reason === '' ? [] : [reason]),
  ];
  return (
    <Alert color="gray" mb="md" icon={<IconPlayerPauseFilled size={18} aria-hidden />}>
      {said.join(' · ')}
    </Alert>
  );
}
