import { Table, type TableProps } from '@mantine/core';
import type { CSSProperties, ReactNode } from 'react';
import { type PlainTextId, t } from '../texts/index.ts';
import classes from './data-table.module.css';
import { useNarrow } from './use-narrow.ts';

export interface DataTableProps {
  /** In CSS pixels; a narrower page scrolls the table. */
  readonly minWidth: number;
  /** At most eight. */
  readonly columns: readonly PlainTextId[];
  readonly verticalSpacing?: TableProps['verticalSpacing'];
  /** The rows. */
  readonly children: ReactNode;
}

/**
 * A table that scrolls by itself, also by keys, where the page is too narrow for it; on phones each row is a card with
 * the names of the columns before their values.
 */
export function DataTable({ minWidth, columns, verticalSpacing, children }: DataTableProps) {
  const isNarrow = useNarrow();
  const table = (
    <Table
      verticalSpacing={verticalSpacing}
      {...(isNarrow && { className: classes.cards, style: namesOf(columns.map((column) => t(column))) })}
    >
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column}>{t(column)}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
  if (isNarrow) return table;
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ type: 'auto', viewportProps: { tabIndex: 0 } }}>
      {table}
    </Table.ScrollContainer>
  );
}

/** The names of the columns for the style sheet, `--column-1` and so on. */
function namesOf(columns: readonly string[]): CSSProperties {
  const names = columns.map((column, index) => [`--column-${index + 1}`, JSON.stringify(column)]);
  return Object.fromEntries(names) as CSSProperties; // custom properties are not in the type
}
