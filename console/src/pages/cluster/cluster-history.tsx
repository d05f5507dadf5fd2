import { Button, Skeleton, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { clusterPath, paths } from '../../../../src/contract/paths.ts';
import type { View } from '../../../../src/contract/views.ts';
import { request } from '../../data/api.ts';
import { clusterQuery, fileChangeQuery } from '../../data/cluster.ts';
import { serverQuery } from '../../data/server.ts';
import { ActionButton } from '../../parts/action-button.tsx';
import { Ago } from '../../parts/ago.tsx';
import { Diff } from '../../parts/diff.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import classes from './cluster.module.css';

type Entry = View<'history'>['items'][number];

const PAGE = 30;

/** The commits that have touched the file of the cluster, the newest first. */
export function ClusterHistory() {
  const { name } = useParams({ from: '/shell/clusters/$name/history' });
  const history = useInfiniteQuery({
    queryKey: ['cluster', name, 'history'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE), ...(pageParam !== '' && { before: pageParam }) });
      return request<View<'history'>>(`${clusterPath(paths.clusterHistory, name)}?${query.toString()}`, { signal });
    },
    getNextPageParam: ({ before }) => before,
  });
  const entries = history.data?.pages.flatMap(({ items }) => items);
  return (
    <Panel title={t('tab.history')}>
      {history.error !== null && <FailureAlert error={history.error} />}
      {entries === undefined && history.error === null && <Skeleton height={200} />}
      {entries?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('history.none')}
        </Text>
      )}
      <ol className={classes.log}>
        {entries?.map((entry, index) => (
          <Commit key={entry.commit} name={name} entry={entry} isLatest={index === 0} />
        ))}
      </ol>
      {history.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t('history.older')}
        </Button>
      )}
    </Panel>
  );
}

/** One commit at an address of its own: what it did to the file. */
export function ClusterCommit() {
  const { name, commit } = useParams({ from: '/shell/clusters/$name/history/$commit' });
  const { data: server } = useQuery(serverQuery);
  const back = (
    <Link to="/clusters/$name/history" params={{ name }} className="small">
      {t('tab.history')}
    </Link>
  );
  return (
    <Panel title={t('history.commit', { commit: commit.slice(0, 10) })} aside={back}>
      <CommitLink commit={commit} template={server?.commit_url ?? ''} />
      <Change name={name} commit={commit} canBeUsed />
    </Panel>
  );
}

interface CommitLinkProps {
  readonly commit: string;
  /** With `{commit}` where its id stands; empty where there is no such page. */
  readonly template: string;
}

/** Leads to the commit on GitLab or Gitea. */
function CommitLink({ commit, template }: CommitLinkProps) {
  const url = template.replace('{commit}', commit);
  if (!/^https?:\/\//.test(url)) return null;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className="small">
      {t('history.open')}
    </a>
  );
}

interface CommitProps {
  readonly name: string;
  readonly entry: Entry;
  readonly isLatest: boolean;
}

function Commit({ name, entry, isLatest }: CommitProps) {
  const [isOpen, setOpen] = useState(false);
  const { data: server } = useQuery(serverQuery);
  const marks = [
    ...(entry.skipped_check ? [t('history.skipped')] : []),
    ...(entry.forced ? [t('history.forced')] : []),
  ];
  return (
    <li className={classes.commit}>
      <div className="wrap">
        <Text size="sm" fw={600}>
          {entry.subject}
        </Text>
        <Text size="sm" c="dimmed">
          {entry.author} · <Ago time={entry.time} /> ·{' '}
          <Link to="/clusters/$name/history/$commit" params={{ name, commit: entry.commit }} className="mono">
            {entry.commit.slice(0, 10)}
          </Link>
          {marks.length > 0 && ` · ${marks.join(' · ')}`}
        </Text>
        <CommitLink commit={entry.commit} template={server?.commit_url ?? ''} />
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="small">{t('history.show')}</summary>
        {isOpen && <Change name={name} commit={entry.commit} canBeUsed={!isLatest} />}
      </details>
    </li>
  );
}

interface ChangeProps {
  readonly name: string;
  readonly commit: string;
  /** Whether its state is another one than that of now. */
  readonly canBeUsed: boolean;
}

function Change({ name, commit, canBeUsed }: ChangeProps) {
  const change = useQuery(fileChangeQuery(name, commit));
  const { data: cluster } = useQuery(clusterQuery(name));
  const isRegistered = cluster !== undefined && cluster !== null;
  const navigate = useNavigate();
  if (change.error !== null) return <FailureAlert error={change.error} />;
  if (change.data === undefined) return <Skeleton height={80} mt="xs" />;
  return (
    <>
      <Diff before={change.data.before} after={change.data.after} />
      {canBeUsed && isRegistered && change.data.cluster !== undefined && (
        <ActionButton
          variant="light"
          size="xs"
          mt="xs"
          onClick={() => void navigate({ to: '/clusters/$name/edit', params: { name }, search: { state: commit } })}
        >
          {t('history.use')}
        </ActionButton>
      )}
    </>
  );
}
