import { Skeleton, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import { useFleetError, useFleetExtent, useFleetRows } from '../../data/fleet.ts';
import { type FleetSummary, summaryOf } from '../../data/fleet-summary.ts';
import { choicesOf } from '../../data/fleet-view.ts';
import { Ago } from '../../parts/ago.tsx';
import { FailureAlert } from '../../parts/failure.tsx';
import { Freshness } from '../../parts/freshness.tsx';
import { useNow } from '../../parts/now.ts';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Phase, toneOf } from '../../parts/phase.tsx';
import { Remedy } from '../../parts/remedy.tsx';
import { count } from '../../parts/time.ts';
import { t, textOfName } from '../../texts/index.ts';
import { NoClusters } from '../clusters/no-clusters.tsx';
import classes from './overview.module.css';
import { Warnings } from './warnings.tsx';

/** Shortest time between two summaries, in milliseconds. */
const SUMMARY_INTERVAL = 250;
const ENDING_DAYS = 7;

/** What there is, what needs a person, and what is being worked on. */
export function OverviewPage() {
  const extent = useDeferredValue(useFleetExtent()); // the first summary is rendered in slices
  const error = useFleetError();
  return (
    <Page title={t('nav.overview')} actions={<Freshness />}>
      {error !== undefined && <FailureAlert error={error} />}
      {extent === 'unknown' ? <Loading /> : extent === 'none' ? <NoClusters /> : <Overview />}
    </Page>
  );
}

function Loading() {
  return (
    <div aria-busy aria-label={t('loading')} role="status" className={classes.stack}>
      <div className={classes.tiles}>
        {[1, 2, 3, 4].map((each) => (
          <Skeleton key={each} height={112} radius={12} />
        ))}
      </div>
      <Skeleton height={96} radius={12} />
      <Skeleton height={180} radius={12} />
    </div>
  );
}

function Overview() {
  const now = useNow(60_000);
  const rows = useFleetRows(SUMMARY_INTERVAL);
  const summary = useMemo(() => summaryOf(rows, ENDING_DAYS, now), [rows, now]);
  const { waiting, working, phases, versions } = summary;
  return (
    <div className={classes.stack}>
      <Tiles summary={summary} />
      {waiting.length > 0 && <NeedsPerson rows={waiting} />}
      <Phases counts={phases} />
      {working.length > 0 && <Working rows={working} />}
      <div className={classes.columns}>
        <Warnings />
        <Versions versions={versions} />
      </div>
    </div>
  );
}

function Tiles({ summary }: { readonly summary: FleetSummary }) {
  const { total, virtual, waiting, working, ending, nextEnd } = summary;
  return (
    <div className={classes.tiles}>
      <Link to="/clusters" className={classes.tile}>
        {t('overview.clusters')}
        <span className={classes.figure}>{count(total)}</span>
        <span className={classes.small}>
          {t('overview.physical', { physical: count(total - virtual), virtual: count(virtual) })}
        </span>
      </Link>
      <Link to="/clusters" search={{ phase: 'Failed,Degraded' }} className={classes.tile}>
        {t('overview.needs')}
        <span className={`${classes.figure} ${waiting.length === 0 ? '' : 'tone-bad'}`}>{count(waiting.length)}</span>
        <span className={classes.small}>
          {waiting.length === 0 ? t('overview.nothingNeeds') : <PhaseCounts rows={waiting} />}
        </span>
      </Link>
      <Link to="/clusters" search={{ phase: 'Provisioning,Pending,Deleting' }} className={classes.tile}>
        {t('overview.working')}
        <span className={`${classes.figure} ${working.length === 0 ? '' : 'tone-busy'}`}>{count(working.length)}</span>
        <span className={classes.small}>
          {working.length === 0 ? t('overview.nothingWorking') : <PhaseCounts rows={working} />}
        </span>
      </Link>
      <Link to="/clusters" search={{ ends: String(ENDING_DAYS), sort: 'credential' }} className={classes.tile}>
        {t('overview.credentials')}
        <span className={`${classes.figure} ${ending === 0 ? '' : 'tone-warn'}`}>{count(ending)}</span>
        <span className={classes.small}>
          {nextEnd === undefined ? t('overview.nothingEnds') : <NextEnd row={nextEnd} />}
        </span>
      </Link>
    </div>
  );
}

function NextEnd({ row: { name, credential_expires_at: end } }: { readonly row: FleetRowView }) {
  return (
    <>
      {t('overview.next', { name })} · <Ago time={end} />
    </>
  );
}

interface Rows {
  readonly rows: readonly FleetRowView[];
}

function PhaseCounts({ rows }: Rows) {
  return choicesOf(rows, 'phase')
    .filter(({ value }) => value !== 'Paused')
    .map(({ value, count: number }) => `${textOfName('phase', value)} ${count(number)}`)
    .join(' · ');
}

/** The phases as one bar, from what is well to what is not. */
const ORDER = ['Ready', 'Provisioning', 'Pending', 'Deleting', 'Degraded', 'Failed'];

function Phases({ counts }: { readonly counts: FleetSummary['phases'] }) {
  const present = ORDER.map((phase) => ({ phase, number: counts.get(phase) ?? 0 })).filter(({ number }) => number > 0);
  return (
    <Panel title={t('overview.phases')}>
      <div className={classes.bar} aria-hidden>
        {present.map(({ phase, number }) => (
          <span key={phase} className={`${classes.piece} tone-${toneOf(phase)}`} style={{ flexGrow: number }} />
        ))}
      </div>
      <div className={classes.legend}>
        {present.map(({ phase, number }) => (
          <Link key={phase} to="/clusters" search={{ phase }}>
            <Phase phase={phase} /> {count(number)}
          </Link>
        ))}
      </div>
    </Panel>
  );
}

const SHOWN = 8;

/** Name and phase of a cluster, and what is said beside them. */
function Headline({ row, children }: { readonly row: FleetRowView; readonly children: ReactNode }) {
  return (
    <div className={classes.line}>
      <Link to="/clusters/$name" params={{ name: row.name }} className={classes.name}>
        {row.name}
      </Link>
      <Phase phase={row.phase} />
      <Text component="span" size="xs" c="dimmed">
        {children}
      </Text>
    </div>
  );
}

function NeedsPerson({ rows }: Rows) {
  return (
    <Panel title={t('overview.needs')}>
      <ul className={classes.list}>
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.name} className={classes.item}>
            <Headline row={row}>
              <Ago time={row.since} />
            </Headline>
            <Text size="sm" mt={4} className="wrap">
              {row.message}
            </Text>
            <div className="dim">
              <Remedy action={row.action} text={row.remedy} />
            </div>
          </li>
        ))}
      </ul>
      <More rows={rows} search={{ phase: 'Failed,Degraded' }} />
    </Panel>
  );
}

function Working({ rows }: Rows) {
  return (
    <Panel title={t('overview.working')}>
      <ul className={classes.list}>
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.name} className={classes.item}>
            <Headline row={row}>
              {row.components.total > 0 &&
                t('overview.progress', { ready: row.components.ready, total: row.components.total })}
            </Headline>
            <Text size="sm" mt={4} c="dimmed" className="wrap">
              {row.message}
            </Text>
          </li>
        ))}
      </ul>
      <More rows={rows} search={{ phase: 'Provisioning,Pending,Deleting' }} />
    </Panel>
  );
}

function More({ rows, search }: Rows & { readonly search: { readonly phase: string } }) {
  if (rows.length <= SHOWN) return null;
  return (
    <Text size="sm" mt="sm">
      <Link to="/clusters" search={search}>
        {t('overview.more', { count: count(rows.length - SHOWN) })}
      </Link>
    </Text>
  );
}

function Versions({ versions }: Pick<FleetSummary, 'versions'>) {
  if (versions.length === 0) return null;
  const most = Math.max(...versions.map(({ count: number }) => number));
  return (
    <Panel title={t('overview.versions')}>
      <Stack gap={0}>
        {versions.map(({ value, count: number }) => (
          <Link key={value} to="/clusters" search={{ version: value }} className={classes.version}>
            <span>{value}</span>
            <span className={classes.track} aria-hidden>
              <span className={classes.fill} style={{ display: 'block', width: `${(100 * number) / most}%` }} />
            </span>
            <span className={classes.right}>{count(number)}</span>
          </Link>
        ))}
      </Stack>
    </Panel>
  );
}
