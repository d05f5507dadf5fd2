import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { Column } from '../../data/list-columns.ts';
import { NOTHING_SELECTED, type Selection, selectionOf } from '../../data/selection.ts';
import { t } from '../../texts/index.ts';
import { memo } from 'react';
import classes from './clusters.module.css';

export interface GridHeaderProps {
  readonly columns: readonly Column[];
  readonly names: readonly string[];
  /** `name`, or `-name` for the other way. */
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly selection: Selection;
  readonly onSelection: (change: (before: Selection) => Selection) => void;
}

/** Names of the columns, which sort, and the checkbox for all rows. */
export const GridHeader = memo(function GridHeader(props: GridHeaderProps) {
  const { columns, names, sort, onSort, selection, onSelection } = props;
  const isDescending = sort.startsWith('-');
  const by = sort.replace(/^-/, '');
  return (
    <div role="rowgroup" className={classes.headerGroup}>
      <div role="row" aria-rowindex={1} className={classes.header}>
        <div role="columnheader" className={classes.check}>
          <SelectAll names={names} selection={selection} onSelection={onSelection} />
        </div>
        {columns.map((key) => {
          const isSorted = key === by;
          const direction = isDescending ? 'descending' : 'ascending';
          const Arrow = isDescending ? IconArrowDown : IconArrowUp;
          return (
            <div key={key} role="columnheader" aria-sort={isSorted ? direction : 'none'} className={classes.cell}>
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
});

function SelectAll({ names, selection, onSelection }: Pick<GridHeaderProps, 'names' | 'selection' | 'onSelection'>) {
  const isAll = selection.names.size > 0 && names.every((name) => selection.names.has(name));
  const isSome = selection.names.size > 0 && !isAll;
  return (
    <input
      type="checkbox"
      aria-label={t('select.all')}
      checked={isAll}
      ref={(box) => {
        if (box !== null) box.indeterminate = isSome;
      }}
      onChange={() => onSelection(() => (isAll ? NOTHING_SELECTED : selectionOf(names)))}
    />
  );
}
