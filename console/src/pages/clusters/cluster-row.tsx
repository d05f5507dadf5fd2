import { memo, type MouseEvent } from 'react';
import { useFleetRow } from '../../data/fleet.ts';
import type { Column } from '../../data/list-columns.ts';
import { t } from '../../texts/index.ts';
import { ClusterLink } from '../../parts/cluster-link.tsx';
import { CELLS } from './cluster-cells.tsx';
import classes from './clusters.module.css';

export interface ClusterRowProps {
  readonly name: string;
  readonly index: number;
  /** From the top of the body, in pixels. */
  readonly offset: number;
  readonly columns: readonly Column[];
  readonly isActive: boolean;
  readonly isSelected: boolean;
  /** @param isRange selects everything from the last one on */
  readonly onSelect: (name: string, isRange: boolean) => void;
}

/** One cluster as it is now. */
export const ClusterRow = memo(function ClusterRow(props: ClusterRowProps) {
  const { name, index, offset, columns, isActive, isSelected, onSelect } = props;
  const row = useFleetRow(name);
  if (row === undefined) return null;
  const select = (event: MouseEvent): void => onSelect(name, event.shiftKey);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-index={index}
      className={classes.row}
      style={{ transform: `translateY(${offset}px)` }}
    >
      <div role="gridcell" className={classes.check}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t('select.one', { name })}
          checked={isSelected}
          onClick={select}
          onChange={() => {}}
        />
      </div>
      {columns.map((column) => {
        if (column === 'name') {
          return (
            <div key={column} role="gridcell" className={classes.cell}>
              <ClusterLink name={name} className={classes.name} tabIndex={isActive ? 0 : -1} />
            </div>
          );
        }
        const Cell = CELLS[column];
        return (
          <div key={column} role="gridcell" className={`${classes.cell} ${column === 'phase' ? classes.state : ''}`}>
            <Cell row={row} />
          </div>
        );
      })}
    </div>
  );
});
