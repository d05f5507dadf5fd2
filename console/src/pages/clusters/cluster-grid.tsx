import { UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react';
import type { FleetRowView } from '../../../../src/contract/views.ts';
import { kindOf, type SortKey, sortKeys } from '../../data/fleet-view.ts';
import { Ago } from '../../parts/ago.tsx';
import { Phase } from '../../parts/phase.tsx';
import { t, textOfName } from '../../texts/index.ts';
import classes from './clusters.module.css';

export interface ClusterGridProps {
  readonly rows: readonly FleetRowView[];
  /** `name`, or `-name` for the other way. */
  readonly sort: string;
  readonly onSort: (sort: string) => void;
}

const ROW_HEIGHT = 56;
const CARD_HEIGHT = 76;
const OVERSCAN = 12;
/** Columns that a narrow screen has no room for. */
const WIDE: ReadonlySet<SortKey> = new Set(['kind', 'changed']);

/** The rows that the window shows. All have one tab stop: arrows, `j` and `k` move it, Enter opens the cluster. */
export function ClusterGrid({ rows, sort, onSort }: ClusterGridProps) {
  const body = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery('(max-width: 700px)', undefined, { getInitialValueInEffect: false });
  const [current, setCurrent] = useState(0);
  const height = isNarrow ? CARD_HEIGHT : ROW_HEIGHT;
  const window = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (index) => rows[index]?.name ?? index,
  });
  useEffect(() => window.measure(), [height, window]);
  const active = Math.min(current, rows.length - 1);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setCurrent(next);
    window.scrollToIndex(next, { align: 'auto' });
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = destination(event.key, active, rows.length);
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(to);
  };
  return (
    <div className={classes.grid} role="grid" aria-label={t('list.label')} aria-rowcount={rows.length + 1}>
      <Header sort={sort} onSort={onSort} />
      <div
        ref={body}
        role="rowgroup"
        className={classes.body}
        style={{ height: window.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {window.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const offset = start - window.options.scrollMargin;
          return <Row key={key} row={row} index={index} offset={offset} isActive={index === active} />;
        })}
      </div>
    </div>
  );
}

const PAGE = 10;

function destination(key: string, from: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return from + 1;
    case 'ArrowUp':
    case 'k':
      return from - 1;
    case 'PageDown':
      return from + PAGE;
    case 'PageUp':
      return from - PAGE;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return undefined;
  }
}

function Header({ sort, onSort }: Pick<ClusterGridProps, 'sort' | 'onSort'>) {
  const isDescending = sort.startsWith('-');
  const by = sort.replace(/^-/, '');
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className={classes.header}>
        {sortKeys.map((key) => {
          const isSorted = key === by;
          const direction = isDescending ? 'descending' : 'ascending';
          const Arrow = isDescending ? IconArrowDown : IconArrowUp;
          return (
            <div
              key={key}
              role="columnheader"
              aria-sort={isSorted ? direction : 'none'}
              className={WIDE.has(key) ? classes.wide : ''}
            >
              <UnstyledButton
                className={classes.sort}
                title={t('list.sort', { column: t(`column.${key}`) })}
                onClick={() => onSort(isSorted && !isDescending ? `-${key}` : key)}
              >
                {t(`column.${key}`)}
                {isSorted && <Arrow size={13} aria-hidden />}
              </UnstyledButton>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: FleetRowView;
  readonly index: number;
  /** From the top of the body, in pixels. */
  readonly offset: number;
  readonly isActive: boolean;
}

const Row = memo(function Row({ row, index, offset, isActive }: RowProps) {
  const { name, components, kubernetes_version: version, credential_expires_at: end } = row;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      className={classes.row}
      style={{ transform: `translateY(${offset}px)` }}
    >
      <div role="gridcell" className={classes.cell}>
        <Link to="/clusters/$name" params={{ name }} className={classes.name} tabIndex={isActive ? 0 : -1} title={name}>
          {name}
        </Link>
      </div>
      <div role="gridcell" className={`${classes.cell} ${classes.state}`}>
        <Phase phase={row.paused === undefined ? row.phase : 'Paused'} />
        {row.phase !== 'Ready' && (
          <span className={`${classes.clip} ${classes.why}`} title={row.message}>
            {row.message}
          </span>
        )}
      </div>
      <div role="gridcell" className={`${classes.cell} ${classes.wide}`}>
        <KindOf row={row} />
      </div>
      <div role="gridcell" className={`${classes.cell} ${classes.narrow}`}>
        {version}
      </div>
      <div role="gridcell" className={`${classes.cell} ${classes.narrow}`} title={components.not_ready.join(', ')}>
        {components.total > 0 && `${components.ready}/${components.total}`}
      </div>
      <div role="gridcell" className={`${classes.cell} ${classes.narrow}`}>
        <Ago time={end} />
      </div>
      <div role="gridcell" className={`${classes.cell} ${classes.wide}`}>
        <Ago time={row.changed_at} className={classes.clip} />
        <span className={`${classes.clip} ${classes.sub}`}>{row.changed_by}</span>
      </div>
    </div>
  );
});

function KindOf({ row }: { readonly row: FleetRowView }) {
  const { host_cluster: host, worker_type: type } = row;
  const below = host === '' ? type : t('kind.onHost', { host });
  return (
    <>
      <span className={classes.clip}>{textOfName('kind', kindOf(row))}</span>
      <span className={`${classes.clip} ${classes.sub}`}>{below}</span>
    </>
  );
}
