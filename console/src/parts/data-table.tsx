import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { type PlainTextId, t } from '../texts/index.ts';

export interface DataTableProps {
  /** In CSS pixels; a narrower page scrolls the table. */
  readonly minWidth: number;
  readonly columns: readonly PlainTextId[];
  readonly verticalSpacing?: TableProps['verticalSpacing'];
  /** The rows. */
  readonly children: ReactNode;
}

/** A table that scrolls by itself, also by keys, where the page is too narrow for it. */
export function DataTable({ minWidth, columns, verticalSpacing, children }: DataTableProps) {
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={verticalSpacing}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{t(column)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
