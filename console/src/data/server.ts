import { paths } from '../../../src/contract/paths.ts';
import type { View } from '../../../src/contract/views.ts';
import { request } from './api.ts';

export const serverQuery = {
  queryKey: ['server'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => request<View<'server'>>(paths.server, { signal }),
  staleTime: 30_000,
} as const;
