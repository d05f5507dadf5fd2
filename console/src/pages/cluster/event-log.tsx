import { Text } from '@mantine/core';
import { IconAlertTriangleFilled } from '@tabler/icons-react';
import { VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { EventView } from '../../../../src/contract/views.ts';
import { Remedy } from '../../parts/remedy.tsx';
import { clockTime, exactTime } from '../../parts/time.ts';
import { t, textOfName } from '../../texts/index.ts';
import classes from './cluster.module.css';

export interface EventLogProps {
  readonly events: readonly EventView[];
  /** Names the cluster of each event. */
  readonly isOfAll?: boolean;
}

/** Events, the newest first. */
export function EventLog({ events, isOfAll = false }: EventLogProps) {
  return (
    <ol className={classes.log}>
      {events.map((event) => (
        <li key={event.id} className={classes.event}>
          <time dateTime={event.time} title={exactTime(event.time)} className="dim">
            {clockTime(event.time)}
          </time>
          <span className="wrap">
            {isOfAll && (
              <>
                <Link to="/clusters/$name" params={{ name: event.cluster }}>
                  {event.cluster}
                </Link>{' '}
              </>
            )}
            {subjectText(event.subject)}
          </span>
          <div className="wrap">
            {event.type === 'Warning' && (
              <span className="tone-warn">
                <IconAlertTriangleFilled size={14} aria-hidden />
                <VisuallyHidden>{t('event.warning')}</VisuallyHidden>{' '}
              </span>
            )}
            {event.message === '' ? event.reason : event.message}
            <Text component="div" size="sm" c="dimmed">
              <Remedy action={event.action} text={event.remedy} />
            </Text>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** A stage or component as people call it. */
export function subjectText(subject: string): string {
  return subject.startsWith('components/') ? subject.slice('components/'.length) : textOfName('stage', subject);
}
