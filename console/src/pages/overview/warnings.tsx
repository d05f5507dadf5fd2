import { Skeleton, Text } from '@mantine/core';
import { IconAlertTriangleFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { EventView } from '../../../../src/contract/views.ts';
import { useAllEvents } from '../../data/all-events.ts';
import { Ago } from '../../parts/ago.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import classes from './overview.module.css';

const SHOWN = 6;

/** The newest warnings of all clusters; more arrive by themselves. */
export function Warnings() {
  const events = useAllEvents(true);
  return (
    <Panel title={t('overview.warnings')} aside={<Link to="/events">{t('overview.allEvents')}</Link>}>
      {events === undefined && <Skeleton height={160} role="status" aria-label={t('loading')} />}
      {events?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('overview.noWarnings')}
        </Text>
      )}
      <ul className={classes.list}>
        {events?.slice(0, SHOWN).map((event) => (
          <Warning key={event.id} event={event} />
        ))}
      </ul>
    </Panel>
  );
}

function Warning({ event: { cluster, time, message, reason } }: { readonly event: EventView }) {
  return (
    <li className={classes.item}>
      <div className={classes.line}>
        <span className="tone-warn">
          <IconAlertTriangleFilled size={14} aria-label={t('event.warning')} role="img" />
        </span>
        <Link to="/clusters/$name" params={{ name: cluster }} className={classes.name}>
          {cluster}
        </Link>
        <Text component="span" size="xs" c="dimmed">
          <Ago time={time} />
        </Text>
      </div>
      <Text size="sm" mt={4} className="wrap">
        {message === '' ? reason : message}
      </Text>
    </li>
  );
}
