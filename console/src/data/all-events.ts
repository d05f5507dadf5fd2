import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { paths } from '../../../src/contract/paths.ts';
import type { EventView, View } from '../../../src/contract/views.ts';
import { request } from './api.ts';
import { onEvent } from './fleet.ts';

/** Events that a page holds at most. */
const MAXIMUM_EVENTS = 300;

/** The newest events of all clusters, the newest first, and those to come. */
export function useAllEvents(isWarnings: boolean): readonly EventView[] | undefined {
  const [more, setMore] = useState<readonly EventView[]>([]);
  const { data } = useQuery({
    queryKey: ['events', isWarnings],
    queryFn: ({ signal }) =>
      request<View<'events'>>(`${paths.events}?last=${MAXIMUM_EVENTS}${isWarnings ? '&type=Warning' : ''}`, {
        signal,
        headers: { accept: 'application/json' },
      }),
    staleTime: 0,
  });
  useEffect(() => onEvent((event) => setMore((before) => [event, ...before].slice(0, MAXIMUM_EVENTS))), []);
  if (data === undefined) return undefined;
  const newest = data.items[0]?.id ?? 0;
  const fresh = more.filter((event) => event.id > newest && (!isWarnings || event.type === 'Warning'));
  return [...fresh, ...data.items].slice(0, MAXIMUM_EVENTS);
}
