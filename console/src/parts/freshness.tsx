import { useStaleSince, useStreamState } from '../data/fleet.ts';
import { t } from '../texts/index.ts';
import classes from './freshness.module.css';
import { clockTime } from './time.ts';

/** Whether what the page shows changes by itself, or since when it does not. */
export function Freshness() {
  const isLive = useStreamState() === 'live';
  const since = useStaleSince();
  const text = isLive
    ? t('live.live')
    : since === 0
      ? t('live.connecting')
      : t('live.reconnecting', { time: clockTime(since) });
  return (
    <span className={classes.freshness} role="status">
      <span className={isLive ? classes.live : classes.away} aria-hidden />
      {text}
    </span>
  );
}
