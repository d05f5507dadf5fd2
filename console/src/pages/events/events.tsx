import { Skeleton, Switch, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useState } from 'react';
import type { EventView } from '../../../../src/contract/views.ts';
import { useAllEvents } from '../../data/all-events.ts';
import { Freshness } from '../../parts/freshness.tsx';
import { Page } from '../../parts/page.tsx';
import { Panel } from '../../parts/panel.tsx';
import { t } from '../../texts/index.ts';
import { EventLog } from '../cluster/event-log.tsx';

/** What happens to all clusters. */
export function EventsPage() {
  const [isWarnings, setWarnings] = useState(false);
  const [text, setText] = useState('');
  const words = useDeferredValue(text).toLowerCase().split(/\s+/).filter(Boolean);
  const all = useAllEvents(isWarnings);
  const events = all?.filter((event) => saysAll(event, words));
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
        <TextInput
          label={t('events.filter')}
          description={t('events.filterHelp')}
          maw={420}
          mb="sm"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {events === undefined && <Skeleton height={360} />}
        {events?.length === 0 && <Text size="sm">{t('events.none')}</Text>}
        {events !== undefined && <EventLog events={events} isOfAll />}
      </Panel>
    </Page>
  );
}

function saysAll({ cluster, reason, subject, message }: EventView, words: readonly string[]): boolean {
  const said = `${cluster}\n${reason}\n${subject}\n${message}`.toLowerCase();
  return words.every((word) => said.includes(word));
}
