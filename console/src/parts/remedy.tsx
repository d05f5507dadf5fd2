import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { language } from '../app/language.ts';
import type { ActionData } from '../data/api.ts';

export interface RemedyProps {
  /** What to do, as data. */
  readonly action?: ActionData | undefined;
  /** The same in the words of the API, for an action that this console does not know. */
  readonly text?: string | undefined;
}

/** The catalogue of texts is large and is loaded when a remedy is shown for the first time. */
const wordings = {
  queryKey: ['wordings'],
  queryFn: async () => ({ renderAction: (await import('../data/wordings.ts')).renderForConsole }),
  staleTime: Number.POSITIVE_INFINITY,
} as const;

/** What a person can do, in the words of the console. */
export function Remedy({ action, text = '' }: RemedyProps) {
  const { data } = useQuery({ ...wordings, enabled: action !== undefined });
  const shown = action === undefined ? text : data === undefined ? '' : (data.renderAction(action, language()) ?? text);
  if (shown === '') return null;
  return (
    <Text size="sm" className="wrap">
      {shown}
    </Text>
  );
}
