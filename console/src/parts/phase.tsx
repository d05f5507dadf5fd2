import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconHourglassEmpty,
  IconPlayerPauseFilled,
  type IconProps,
  IconProgress,
  IconTrashFilled,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { textOfName } from '../texts/index.ts';
import classes from './phase.module.css';

export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'idle';

interface Sign {
  readonly tone: Tone;
  readonly icon: ComponentType<IconProps>;
}

const UNKNOWN: Sign = { tone: 'idle', icon: IconCircleDashed };

const SIGNS: Readonly<Record<string, Sign>> = {
  Ready: { tone: 'ok', icon: IconCircleCheckFilled },
  Degraded: { tone: 'warn', icon: IconAlertTriangleFilled },
  Failed: { tone: 'bad', icon: IconCircleXFilled },
  Provisioning: { tone: 'busy', icon: IconProgress },
  Installing: { tone: 'busy', icon: IconProgress },
  Removing: { tone: 'busy', icon: IconTrashFilled },
  Deleting: { tone: 'busy', icon: IconTrashFilled },
  Pending: UNKNOWN,
  HeldBack: { tone: 'idle', icon: IconHourglassEmpty },
  Paused: { tone: 'idle', icon: IconPlayerPauseFilled },
};

/** The reason of `Ready` of a cluster that waits because the server ended while it was worked on. */
const HELD_BACK = 'HeldBack';

/** The phase as it is shown: that of a cluster that is paused or waits for its turn says so. */
export function shownPhase(phase: string, reason: string | undefined, isPaused: boolean): string {
  if (isPaused) return 'Paused';
  return reason === HELD_BACK ? HELD_BACK : phase;
}

export function toneOf(phase: string): Tone {
  return (SIGNS[phase] ?? UNKNOWN).tone;
}

/** A phase as sign, word and colour. */
export function Phase({ phase, badge = false }: { readonly phase: string; readonly badge?: boolean }) {
  const { tone, icon: Icon } = SIGNS[phase] ?? UNKNOWN;
  const shape = badge ? `${classes.badge} ${classes[tone]}` : '';
  return (
    <span className={`${classes.phase} tone-${tone} ${shape}`}>
      <Icon size={16} aria-hidden />
      {textOfName('phase', phase)}
    </span>
  );
}
