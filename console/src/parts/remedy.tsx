import { Text } from '@mantine/core';
import { language } from '../app/language.ts';
import type { ActionData } from '../data/api.ts';
import { useWordings } from '../data/use-wordings.ts';

export interface RemedyProps {
  /** What to do, as data. */
  readonly action?: ActionData | undefined;
  /** The same in the words of the API, for an action that this console does not know. */
  readonly text?: string | undefined;
}

/** What a person can do, in the words of the console. */
export function Remedy({ action, text = '' }: RemedyProps) {
  const wordings = useWordings(action !== undefined);
  const worded = action === undefined || wordings === undefined ? '' : wordings.actionText(action, language());
  const shown = action === undefined ? text : (worded ?? text);
  if (shown === '') return null;
  return (
    <Text size="sm" className="wrap">
      {shown}
    </Text>
  );
}
