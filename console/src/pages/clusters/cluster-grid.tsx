import { useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { CARD_HEIGHT, columnTemplate, type Density, fittingColumns } from '../../data/list-columns.ts';
import { ROW_HEIGHTS } from '../../data/list-columns.ts';
import { extended, NOTHING_SELECTED, type Selection, selectionOf, toggled } from '../../data/selection.ts';
import { onLooseKey } from '../../app/loose-keys.ts';
import { t } from '../../texts/index.ts';
import classes from './clusters.module.css';
import { ClusterRow } from './cluster-row.tsx';
import { GridHeader, type GridHeaderProps } from './grid-header.tsx';
import { type GridKey, gridKey, type KeyPress } from './grid-keys.ts';
import { useWidth } from '../../parts/use-width.ts';

export interface ClusterGridProps extends GridHeaderProps {
  readonly density: Density;
  /** Until when rows stay where they are, in milliseconds since 1970: set while a pointer moves over them. */
  readonly held: RefObject<number>;
}

const OVERSCAN = 12;
const NARROW = 640;
/** Rows do not move while the pointer has moved over them within so many milliseconds. */
const HOLD = 1000;
/** Room for the header, and for what is done with the selection, in pixels. */
const ABOVE = 48;
const BELOW = 80;

/**
 * The rows that the window shows. All have one tab stop: arrows, `j` and `k` move it, with Shift they select, `x` selects one,
 * Enter opens the cluster.
 */
export const ClusterGrid = memo(function ClusterGrid(props: ClusterGridProps) {
  const { names, columns: chosen, density, sort, onSort, selection, onSelection, held } = props;
  const grid = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const isNarrow = width < NARROW;
  const columns = useMemo(() => fittingColumns(chosen, width), [chosen, width]);
  const height = isNarrow ? CARD_HEIGHT : ROW_HEIGHTS[density];
  const layout = { '--columns': columnTemplate(columns), '--row': `${height}px` } as CSSProperties; // variables of ours
  const [current, setCurrent] = useState<string>();
  const active = Math.max(0, current === undefined ? 0 : names.indexOf(current));
  const window = useWindowVirtualizer({
    count: width === 0 ? 0 : names.length, // not before it is known which form the rows have
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
    scrollPaddingStart: ABOVE,
    scrollPaddingEnd: selection.names.size > 0 ? BELOW : 0,
    // The same function for the same names: with another one the places of all rows are computed again.
    getItemKey: useCallback((index: number) => names[index] ?? index, [names]),
  });
  useEffect(() => window.measure(), [height, window]);

  const act = (key: GridKey): void => {
    const name = names[key.kind === 'move' ? key.to : active];
    if (name === undefined) return;
    if (key.kind === 'all') onSelection(() => selectionOf(names));
    if (key.kind === 'none') onSelection(() => NOTHING_SELECTED);
    if (key.kind === 'toggle') onSelection((before) => toggled(before, name));
    if (key.kind === 'move') {
      const from = names[active] ?? name;
      if (key.isRange) onSelection((before) => extended(anchored(before, from), name, names));
      setCurrent(name);
      window.scrollToIndex(key.to, { align: 'auto' });
      focusRow(body, key.to);
    }
  };
  const press = (event: KeyPress & { preventDefault: () => void }): void => {
    const key = gridKey(event, active, names.length);
    if (key === undefined || (key.kind === 'none' && selection.names.size === 0)) return;
    event.preventDefault();
    act(key);
  };
  // The list begins with the row that it is at, not with the next.
  useEffect(() =>
    onLooseKey(['j', 'k', 'ArrowDown', 'ArrowUp'], (event) => {
      event.preventDefault();
      act({ kind: 'move', to: active, isRange: false });
    }),
  );
  const order = useRef(names);
  useEffect(() => void (order.current = names), [names]);
  const select = useCallback(
    (name: string, isRange: boolean): void => {
      setCurrent(name);
      onSelection((before) => (isRange ? extended(before, name, order.current) : toggled(before, name)));
    },
    [onSelection],
  );
  return (
    <div
      ref={grid}
      className={classes.grid}
      role="grid"
      aria-label={t('list.label')}
      aria-rowcount={names.length + 1}
      aria-multiselectable
      data-density={isNarrow ? 'cards' : density}
      style={layout}
    >
      <GridHeader columns={columns} sort={sort} onSort={onSort} names={names} {...{ selection, onSelection }} />
      <div
        ref={body}
        role="rowgroup"
        className={classes.body}
        style={{ height: window.getTotalSize() }}
        onKeyDown={(event: KeyboardEvent) => press(event)}
        onPointerMove={() => (held.current = Date.now() + HOLD)}
      >
        {window.getVirtualItems().map(({ index, key, start }) => {
          const name = names[index];
          if (name === undefined) return null;
          return (
            <ClusterRow
              key={key}
              name={name}
              index={index}
              offset={start - window.options.scrollMargin}
              columns={columns}
              isActive={index === active}
              isSelected={selection.names.has(name)}
              onSelect={select}
            />
          );
        })}
      </div>
    </div>
  );
});

/** A range that begins at the row that had the focus. */
function anchored(selection: Selection, name: string): Selection {
  return selection.anchor === undefined ? { ...selection, anchor: name } : selection;
}

function focusRow(body: RefObject<HTMLElement | null>, index: number): void {
  requestAnimationFrame(() => body.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus());
}
