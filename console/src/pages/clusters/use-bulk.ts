import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type ClusterPath, clusterPath } from '../../../../src/contract/paths.ts';
import { request } from '../../data/api.ts';
import { actOnEach, type BulkResult } from '../../data/bulk.ts';

export interface Bulk {
  readonly state: 'asking' | 'running' | 'done';
  readonly results: readonly BulkResult[];
  readonly start: (names: readonly string[], path: ClusterPath, body: unknown) => void;
  /** Lets the cluster that is being worked on be finished by the server and asks for no other. */
  readonly stop: () => void;
}

/** Requests about many clusters, one after another, for as long as the caller is shown. */
export function useBulk(): Bulk {
  const client = useQueryClient();
  const [state, setState] = useState<Bulk['state']>('asking');
  const [results, setResults] = useState<readonly BulkResult[]>([]);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = (names: readonly string[], path: ClusterPath, body: unknown): void => {
    const end = new AbortController();
    running.current = end;
    setState('running');
    const options = { method: 'POST', body } as const;
    void actOnEach({
      names,
      act: (name, signal) => request<unknown>(clusterPath(path, name), { ...options, signal }),
      wait,
      onResult: (result) => setResults((before) => [...before, result]),
      signal: end.signal,
    }).then(async () => {
      setState('done');
      await client.invalidateQueries({ queryKey: ['cluster'] });
    });
  };
  return { state, results, start, stop: () => running.current?.abort() };
}

function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}
