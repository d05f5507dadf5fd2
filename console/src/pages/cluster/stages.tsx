import {
  IconCircle,
  IconCircleCheckFilled,
  IconCircleMinus,
  IconCircleXFilled,
  type IconProps,
  IconProgress,
} from '@tabler/icons-react';
import { Skeleton, Text, VisuallyHidden } from '@mantine/core';
import type { ComponentType } from 'react';
import type { StatusView } from '../../../../src/contract/views.ts';
import type { Mark, StageRow } from '../../../../src/progress/stage-rows.ts';
import { language } from '../../app/language.ts';
import { useWordings } from '../../data/use-wordings.ts';
import { useThrottled } from '../../data/use-throttled.ts';
import { Ago } from '../../parts/ago.tsx';
import { Remedy } from '../../parts/remedy.tsx';
import { t, textOfName } from '../../texts/index.ts';
import classes from './cluster.module.css';

const SIGNS: Readonly<Record<Mark, { readonly icon: ComponentType<IconProps>; readonly tone: string }>> = {
  done: { icon: IconCircleCheckFilled, tone: 'tone-ok' },
  active: { icon: IconProgress, tone: 'tone-busy' },
  failed: { icon: IconCircleXFilled, tone: 'tone-bad' },
  waiting: { icon: IconCircle, tone: 'tone-idle' },
  skipped: { icon: IconCircleMinus, tone: 'tone-idle' },
};

/** What has to happen until the cluster is ready, and how far it is. */
export function Stages({ status }: { readonly status: StatusView }) {
  const wordings = useWordings();
  if (wordings === undefined) return <Skeleton height={240} />;
  const rows = wordings.stageRows(status, language());
  const stages = rows.filter(({ level }) => level === 0);
  const components = rows.filter(({ level }) => level === 1);
  const announced = stages.find(({ mark }) => mark !== 'done' && mark !== 'skipped');
  const times = new Map(status.conditions.map(({ type, lastTransitionTime }) => [type as string, lastTransitionTime]));
  return (
    <>
      <Announcement text={announced === undefined ? '' : announcementOf(announced)} />
      <ol className={classes.stages}>
        {stages.map((row) => (
          <li key={row.key} className={classes.stage}>
            <Sign mark={row.mark} size={22} />
            <div>
              <div className={classes.stageHead}>
                {textOfName('stage', row.subject)}
                {row.mark !== 'waiting' && row.mark !== 'skipped' && (
                  <Text component="span" size="xs" c="dimmed">
                    <Ago time={times.get(row.subject) ?? ''} />
                  </Text>
                )}
              </div>
              <Said row={row} />
              {row.subject === 'ComponentsReady' && row.mark !== 'done' && <Parts rows={components} />}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Between two announcements, in milliseconds. */
const ANNOUNCED_EVERY = 5000;

/** Tells those who hear the page how far it is. */
function Announcement({ text }: { readonly text: string }) {
  const said = useThrottled(text, ANNOUNCED_EVERY);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {said}
    </VisuallyHidden>
  );
}

function announcementOf({ subject, mark, detail }: StageRow): string {
  return [textOfName('stage', subject), t(`mark.${mark}`), detail].filter(Boolean).join(': ');
}

function Parts({ rows }: { readonly rows: readonly StageRow[] }) {
  return (
    <ul className={classes.parts}>
      {rows.map((row) => (
        <li key={row.key} className={classes.part}>
          <Sign mark={row.mark} size={16} />
          <div>
            {row.subject} <span className="dim">{row.note}</span>
            {row.mark !== 'done' && <Said row={row} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Said({ row }: { readonly row: StageRow }) {
  return (
    <>
      {row.detail !== '' && (
        <Text size="sm" c="dimmed" className="wrap">
          {row.detail}
        </Text>
      )}
      <Remedy action={row.action} text={row.remedy} />
    </>
  );
}

function Sign({ mark, size }: { readonly mark: Mark; readonly size: number }) {
  const { icon: Icon, tone } = SIGNS[mark];
  return (
    <span className={tone}>
      <Icon size={size} aria-hidden />
      <VisuallyHidden>{t(`mark.${mark}`)}</VisuallyHidden>
    </span>
  );
}
