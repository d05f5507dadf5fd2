import { Group, Select, Skeleton, Switch, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useClusterEvents } from '../../data/cluster.ts';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { EventLog, subjectText } from './event-log.tsx';

/** What has happened to the cluster, as far as it is kept. */
export function ClusterEvents() {
  const { name } = useParams({ from: '/shell/clusters/$name/events' });
  const events = useClusterEvents(name);
  const [subject, setSubject] = useState<string | null>(null);
  const [isWarnings, setWarnings] = useState(false);
  const subjects = [...new Set((events ?? []).map((event) => event.subject).filter(Boolean))].toSorted();
  const shown = (events ?? []).filter(
    (event) => (subject === null || event.subject === subject) && (!isWarnings || event.type === 'Warning'),
  );
  return (
    <Panel title={t('tab.events')}>
      <Group mb="sm" align="flex-end">
        <Select
          label={t('event.about')}
          clearable
          value={subject}
          onChange={setSubject}
          data={subjects.map((value) => ({ value, label: subjectText(value) }))}
        />
        <Switch
          label={t('event.onlyWarnings')}
          checked={isWarnings}
          onChange={(event) => setWarnings(event.currentTarget.checked)}
          pb={8}
        />
      </Group>
      {events === undefined ? (
        <Skeleton height={200} />
      ) : shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('cluster.noEvents')}
        </Text>
      ) : (
        <EventLog events={shown} />
      )}
    </Panel>
  );
}
