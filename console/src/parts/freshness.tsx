import { useFleetAge, useFleetExtent, useStreamState } from '../data/fleet.ts';
import { t } from '../texts/index.ts';
import classes from './freshness.module.css';
import { clockTime } from './time.ts';

/** Whether what the page shows changes by itself, or since when it does not. */
export function Freshness() {
  const isLive = useStreamState() === 'live';
  const extent = useFleetExtent();
  const asOf = useFleetAge();
  const text = isLive
    ? t('live.live')
    : extent === 'unknown'
      ? t('live.connecting')
      : t('live.reconnecting', { time: clockTime(asOf) });
  return (
    <span className={classes.freshness} role="status">
      <span className={isLive ? classes.live : classes.away} aria-hidden />
      {text}
    </span>
  );
}
