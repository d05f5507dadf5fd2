import { useQuery } from '@tanstack/react-query';

/** The texts of the server are large: they are loaded when a page first needs one. */
const wordings = {
  queryKey: ['wordings'],
  queryFn: () => import('./wordings.ts').then(({ actionText, stageRows }) => ({ actionText, stageRows })),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
} as const;

/** What words the data of the server; undefined until it is loaded. */
export function useWordings(isNeeded = true) {
  return useQuery({ ...wordings, enabled: isNeeded }).data;
}
