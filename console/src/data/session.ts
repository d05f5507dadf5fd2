import { useQuery } from '@tanstack/react-query';
import type { View } from '../../../src/contract/views.ts';
import { request } from './api.ts';

export type Caller = View<'caller'>;

interface Session {
  readonly caller: Caller | null;
  /** RFC 3339. */
  readonly expires_at?: string;
  /** Where a login by GitLab or Gitea begins; absent where that is not configured. */
  readonly oauth?: { readonly provider: 'gitlab' | 'gitea'; readonly url: string };
}

const SESSION = '/api/v1/session';

export const sessionQuery = {
  queryKey: ['session'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => request<Session>(SESSION, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
} as const;

/** Whose token this browser has given; undefined while that is asked. */
export function useCaller(): Caller | undefined {
  return useQuery(sessionQuery).data?.caller ?? undefined;
}

/** When a token is asked for again, RFC 3339; empty when that is not known. */
export function useSessionEnd(): string {
  return useQuery(sessionQuery).data?.expires_at ?? '';
}

/** True for callers that may change things; the server decides all the same. */
export function useMayChange(): boolean {
  return useCaller()?.role === 'maintainer';
}

/** A token, or the code of a login link. */
export type Credential = { readonly token: string } | { readonly link: string };

export function signIn(credential: Credential): Promise<Session> {
  return request<Session>(SESSION, { method: 'POST', body: credential });
}

export function signOut(): Promise<unknown> {
  return request<unknown>(SESSION, { method: 'DELETE' });
}
