import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiFailure, sessionEnded } from './api.ts';
import { isTransient } from './server-answers.ts';

/** Requests that had no answer, or that the server asks to repeat, are sent again this often. */
const RETRIES = 3;
const LONGEST_WAIT = 10_000;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiFailure && error.status === 401) sessionEnded();
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5000,
      refetchOnWindowFocus: true,
      retry: (count, error) => count < RETRIES && isTransient(error),
      retryDelay: (count, error) => {
        const asked = error instanceof ApiFailure ? error.retryAfter : undefined;
        return asked ?? Math.min(LONGEST_WAIT, 500 * 2 ** count) * (0.75 + Math.random() / 2);
      },
    },
  },
});

/** Has what the page could not read while the server was away read again. */
export function readFailedAgain(): void {
  void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => isTransient(state.error) });
}
