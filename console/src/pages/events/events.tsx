import { Skeleton, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useAllEvents } from '../../data/all-events.ts';
import { Freshness } from '../../parts/freshness.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { EventLog } from '../cluster/event-log.tsx';

/** What happens to all clusters. */
export function EventsPage() {
  const [isWarnings, setWarnings] = useState(false);
  const events = useAllEvents(isWarnings);
  const only = (
    <Switch
      label={t('event.onlyWarnings')}
      checked={isWarnings}
      onChange={(event) => setWarnings(event.currentTarget.checked)}
    />
  );
  return (
    <Page title={t('nav.events')} actions={<Freshness />}>
      <Panel title={t('cluster.events')} aside={only}>
        <Text size="sm" c="dimmed" mb="xs">
          {t('events.about')}
        </Text>
        {events === undefined && <Skeleton height={360} />}
        {events?.length === 0 && <Text size="sm">{t('events.none')}</Text>}
        {events !== undefined && <EventLog events={events} isOfAll />}
      </Panel>
    </Page>
  );
}
