import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { clusterPath, paths } from '../../../src/contract/paths.ts';
import type { View } from '../../../src/contract/views.ts';
import type { ClusterView, EventView, StatusView } from '../../../src/contract/views.ts';
import { ApiFailure, request } from './api.ts';
import { onEvent, useFleetRow } from './fleet.ts';

/** Events of a cluster that a page holds at most. */
const MAXIMUM_EVENTS = 500;
/** Shortest time between two readings of a status, in milliseconds. */
const READ_INTERVAL = 150;

export type Catalog = View<'catalog'>;

export const catalogQuery = {
  queryKey: ['catalog'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => request<Catalog>(paths.catalog, { signal }),
  staleTime: 60_000,
} as const;

export function statusQuery(name: string) {
  return {
    queryKey: ['cluster', name, 'status'],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      request<StatusView>(clusterPath(paths.clusterStatus, name), { signal }),
  };
}

export function clusterQuery(name: string) {
  return {
    queryKey: ['cluster', name, 'registration'],
    queryFn: async ({ signal }: { readonly signal: AbortSignal }): Promise<ClusterView | null> => {
      try {
        return await request<ClusterView>(clusterPath(paths.cluster, name), { signal });
      } catch (error) {
        if (isMissing(error)) return null; // being deleted, or a file that cannot be understood
        throw error;
      }
    },
  };
}

/** What a commit did to the file of a cluster; a commit does not change. */
export function fileChangeQuery(name: string, commit: string) {
  return {
    queryKey: ['file-change', name, commit],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      request<View<'fileChange'>>(`${clusterPath(paths.clusterHistory, name)}/${encodeURIComponent(commit)}`, {
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 404;
}

/** The status, read again when something happens to the cluster. */
export function useStatus(name: string) {
  return useQuery(statusQuery(name));
}

/** Has everything that is known of the cluster read again as it changes, at most every 150 ms. */
export function useLiveCluster(name: string): void {
  const client = useQueryClient();
  const row = useFleetRow(name);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['cluster', name, 'status'] });
      }, READ_INTERVAL);
    };
    const end = onEvent(({ cluster }) => cluster === name && read());
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [client, name]);
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['cluster', name] });
  }, [client, name, row]);
}

interface EventPage {
  readonly items: readonly EventView[];
}

/** The newest events of a cluster, the newest first, and those to come. */
export function useClusterEvents(name: string): readonly EventView[] | undefined {
  const [more, setMore] = useState<readonly EventView[]>([]);
  const { data } = useQuery({
    queryKey: ['cluster-events', name],
    queryFn: ({ signal }) =>
      request<EventPage>(`${clusterPath(paths.clusterEvents, name)}?after=0&limit=1000`, {
        signal,
        headers: { accept: 'application/json' },
      }),
    staleTime: 0,
  });
  useEffect(() => {
    setMore([]);
    return onEvent((event) => {
      if (event.cluster === name) setMore((before) => [event, ...before].slice(0, MAXIMUM_EVENTS));
    });
  }, [name]);
  if (data === undefined) return undefined;
  const last = data.items.at(-1)?.id ?? 0;
  return [...more.filter(({ id }) => id > last), ...data.items.toReversed()].slice(0, MAXIMUM_EVENTS);
}
