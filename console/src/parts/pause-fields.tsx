import { Select, TextInput } from '@mantine/core';
import { t } from '../texts/index.ts';

const HOUR = 3_600_000;
const LENGTHS = { never: 0, hour: HOUR, day: 24 * HOUR, week: 168 * HOUR } as const;
type Length = keyof typeof LENGTHS;
const MAXIMUM_REASON = 200;

/** Why a cluster is paused, and for how long. */
export interface Pause {
  readonly reason: string;
  readonly length: Length;
}

export const FIRST_PAUSE: Pause = { reason: '', length: 'day' };

/** The body of the request for a pause that begins now. */
export function pauseBody({ reason, length }: Pause): { readonly reason: string; readonly until: string | undefined } {
  const until = LENGTHS[length] === 0 ? undefined : new Date(Date.now() + LENGTHS[length]).toISOString();
  return { reason, until };
}

export interface PauseFieldsProps {
  readonly pause: Pause;
  readonly onChange: (pause: Pause) => void;
}

export function PauseFields({ pause, onChange }: PauseFieldsProps) {
  return (
    <>
      <TextInput
        data-autofocus
        label={t('pause.reason')}
        maxLength={MAXIMUM_REASON}
        value={pause.reason}
        onChange={(event) => onChange({ ...pause, reason: event.currentTarget.value })}
      />
      <Select
        label={t('pause.for')}
        allowDeselect={false}
        value={pause.length}
        onChange={(length) => onChange({ ...pause, length: length ?? 'day' })}
        data={(['hour', 'day', 'week', 'never'] as const).map((value) => ({ value, label: t(`pause.${value}`) }))}
      />
    </>
  );
}
