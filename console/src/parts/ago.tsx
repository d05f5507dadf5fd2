import { exactTime, relativeTime } from './time.ts';
import { useNow } from './now.ts';

/** A time as people say it; the exact one is its title. */
export function Ago({ time, className }: { readonly time: string; readonly className?: string }) {
  const now = useNow();
  if (time === '') return null;
  return (
    <time dateTime={time} title={exactTime(time)} className={className}>
      {relativeTime(time, Math.max(now, Math.min(Date.parse(time), Date.now())))}
    </time>
  );
}
