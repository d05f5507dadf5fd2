import type { ComponentType } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import { kindOf } from '../../data/fleet-view.ts';
import type { Column } from '../../data/list-columns.ts';
import { Ago } from '../../parts/ago.tsx';
import { Phase, shownPhase } from '../../parts/phase.tsx';
import { t, textOfName } from '../../texts/index.ts';
import classes from './clusters.module.css';

interface CellProps {
  readonly row: FleetRowView;
}

/** What stands in each column, besides the name. */
export const CELLS: Readonly<Record<Exclude<Column, 'name'>, ComponentType<CellProps>>> = {
  phase: ({ row }) => (
    <>
      <Phase phase={shownPhase(row.phase, row.reason, row.paused !== undefined)} />
      {row.phase !== 'Ready' && (
        <span className={`${classes.clip} ${classes.why}`} title={row.message}>
          {row.message}
        </span>
      )}
    </>
  ),
  kind: ({ row }) => {
    const { host_cluster: host, worker_type: type } = row;
    return (
      <>
        <span className={classes.clip}>{textOfName('kind', kindOf(row))}</span>
        <span className={`${classes.clip} ${classes.sub}`}>{host === '' ? type : t('kind.onHost', { host })}</span>
      </>
    );
  },
  version: ({ row }) => <Clipped text={row.kubernetes_version} />,
  components: ({ row: { components } }) => (
    <span title={components.not_ready.join(', ')}>
      {components.total > 0 && `${components.ready}/${components.total}`}
    </span>
  ),
  credential: ({ row }) => <Ago time={row.credential_expires_at} className={classes.clip} />,
  changed: ({ row }) => (
    <>
      <Ago time={row.changed_at} className={classes.clip} />
      <span className={`${classes.clip} ${classes.sub}`}>{row.changed_by}</span>
    </>
  ),
  address: ({ row }) => <Clipped text={row.api_server} />,
  reason: ({ row }) => <Clipped text={row.reason} />,
};

function Clipped({ text }: { readonly text: string }) {
  return (
    <span className={classes.clip} title={text}>
      {text}
    </span>
  );
}
