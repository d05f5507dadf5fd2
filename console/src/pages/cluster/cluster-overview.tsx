import { Alert, Progress, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { StatusView } from '../../../../src/contract/views.ts';
import { clusterQuery, useClusterEvents, useStatus } from '../../data/cluster.ts';
import { useFleet, useFleetRow } from '../../data/fleet.ts';
import { kindOf } from '../../data/fleet-view.ts';
import { Ago } from '../../parts/ago.tsx';
import { useNow } from '../../parts/now.ts';
import { Panel } from '../../parts/panel.tsx';
import { Remedy } from '../../parts/remedy.tsx';
import { dayOf } from '../../parts/time.ts';
import { t, textOfName } from '../../texts/index.ts';
import classes from './cluster.module.css';
import { ComponentSteps } from './component-steps.tsx';
import { EventLog } from './event-log.tsx';
import { ForeignPanel } from './foreign-panel.tsx';
import { Stages } from './stages.tsx';

const LATEST = 6;

/** Stages, components, the latest events, and what the cluster is. */
export function ClusterOverview() {
  const { name } = useParams({ from: '/shell/clusters/$name/' });
  const { data: status } = useStatus(name);
  const { data: registration } = useQuery(clusterQuery(name));
  if (status === undefined) return null;
  const { components } = status;
  return (
    <div className={classes.columns}>
      <div className={classes.stack}>
        {status.phase === 'Deleting' && (
          <Alert color="blue" title={t('removal.title')}>
            {t('removal.about')}
          </Alert>
        )}
        <Panel title={t('cluster.progress')}>
          <Stages status={status} />
        </Panel>
        {components.length > 0 && (
          <Panel title={t('cluster.components')}>
            <ComponentSteps components={components} />
          </Panel>
        )}
        <LatestEvents name={name} />
      </div>
      <div className={classes.stack}>
        <About name={name} status={status} />
        <Credential status={status} />
        <Published published={status.published ?? []} />
        <ForeignPanel cluster={registration} />
      </div>
    </div>
  );
}

function LatestEvents({ name }: { readonly name: string }) {
  const events = useClusterEvents(name);
  const all = (
    <Link to="/clusters/$name/events" params={{ name }} className="small">
      {t('cluster.allEvents')}
    </Link>
  );
  return (
    <Panel title={t('cluster.events')} aside={all}>
      {events === undefined ? (
        <Skeleton height={120} />
      ) : events.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('cluster.noEvents')}
        </Text>
      ) : (
        <EventLog events={events.slice(0, LATEST)} />
      )}
    </Panel>
  );
}

function About({ name, status }: { readonly name: string; readonly status: StatusView }) {
  const row = useFleetRow(name);
  const { data: registration } = useQuery(clusterQuery(name));
  const kind = row === undefined ? '' : textOfName('kind', kindOf(row));
  return (
    <Panel title={t('cluster.about')}>
      <dl className={classes.facts}>
        <Fact name={t('fact.address')}>
          <span className="mono">{status.apiServer ?? row?.api_server}</span>
        </Fact>
        <Fact name={t('fact.kind')}>{[kind, row?.worker_type ?? ''].filter(Boolean).join(' · ')}</Fact>
        <Fact name={t('fact.kubernetes')}>{status.kubernetes.version}</Fact>
        <Relations name={name} host={row?.host_cluster ?? ''} />
        <Fact name={t('fact.domain')}>{registration?.primary_domain}</Fact>
        <Places status={status} />
        {row !== undefined && row.changed_at !== '' && (
          <Fact name={t('fact.changed')}>
            <Ago time={row.changed_at} /> · {row.changed_by} · <span className="mono">{row.commit.slice(0, 10)}</span>
          </Fact>
        )}
        {status.lastCheckedAt !== undefined && (
          <Fact name={t('fact.checked')}>
            <Ago time={status.lastCheckedAt} />
          </Fact>
        )}
      </dl>
    </Panel>
  );
}

/** The host of a virtual cluster, or what is on a host. */
function Relations({ name, host }: { readonly name: string; readonly host: string }) {
  const { rows = [] } = useFleet();
  const guests = rows.filter((row) => row.host_cluster === name);
  return (
    <>
      {host !== '' && (
        <Fact name={t('fact.host')}>
          <ClusterLink name={host} />
        </Fact>
      )}
      {guests.length > 0 && (
        <Fact name={t('fact.virtual')}>
          {guests.map((guest) => (
            <div key={guest.name}>
              <ClusterLink name={guest.name} />
            </div>
          ))}
        </Fact>
      )}
    </>
  );
}

/** Where the gateway answers. */
function Places({ status }: { readonly status: StatusView }) {
  return (
    <>
      {status.entryPoints.length > 0 && (
        <Fact name={t('fact.entryPoints')}>
          {status.entryPoints.map((url) => (
            <div key={url}>
              <EntryPoint url={url} />
            </div>
          ))}
        </Fact>
      )}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === undefined || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function ClusterLink({ name }: { readonly name: string }) {
  return (
    <Link to="/clusters/$name" params={{ name }}>
      {name}
    </Link>
  );
}

/** Only addresses of the web are links: what else stands there is text. */
function EntryPoint({ url }: { readonly url: string }) {
  if (!/^https?:\/\//.test(url)) return <span className="mono">{url}</span>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className={`mono ${classes.address}`}>
      {url}
    </a>
  );
}

/** Where the cluster is made known in a management cluster, and what keeps it from being so. */
function Published({ published }: { readonly published: NonNullable<StatusView['published']> }) {
  if (published.length === 0) return null;
  return (
    <Panel title={t('fact.published')}>
      <ul className={classes.log}>
        {published.map(({ name, where, since, reason, message, action, remedy }) => (
          <li key={name} className={classes.commit}>
            <Text size="sm" fw={600} className={reason === 'Published' ? 'tone-ok' : 'tone-warn'}>
              {name}
            </Text>
            <Text size="sm" className="wrap">
              {where}
            </Text>
            {since !== '' && (
              <Text size="xs" c="dimmed" component="div">
                <Ago time={since} />
              </Text>
            )}
            {reason !== 'Published' && (
              <>
                <Text size="sm" className="wrap">
                  {message}
                </Text>
                <Remedy action={action} text={remedy} />
              </>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Credential({ status: { credential } }: { readonly status: StatusView }) {
  const now = useNow(60_000);
  const [start, end] = [Date.parse(credential.rotatedAt), Date.parse(credential.expiresAt)];
  if (Number.isNaN(end)) {
    return (
      <Panel title={t('credential.title')}>
        <Text size="sm" c="dimmed">
          {t('credential.none')}
        </Text>
      </Panel>
    );
  }
  const left = Number.isNaN(start) ? 0 : Math.max(0, Math.min(100, (100 * (end - now)) / (end - start)));
  return (
    <Panel title={t('credential.title')}>
      <Text size="sm">
        {t('credential.until', { time: dayOf(credential.expiresAt) })} · <Ago time={credential.expiresAt} />
      </Text>
      {!Number.isNaN(start) && (
        <Progress
          value={left}
          size="sm"
          my={10}
          color={left < 25 ? 'yellow.7' : 'ocean'}
          aria-label={t('credential.title')}
        />
      )}
      <Text size="xs" c="dimmed">
        {t('credential.renewed')}
      </Text>
    </Panel>
  );
}
