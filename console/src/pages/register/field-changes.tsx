import { Table } from '@mantine/core';
import type { FieldChange } from '../../data/registration-changes.ts';
import classes from './register.module.css';

/** Fields with their values before and after. */
export function FieldChanges({ changes }: { readonly changes: readonly FieldChange[] }) {
  return (
    <Table>
      <Table.Tbody>
        {changes.map(({ field, before, after }) => (
          <Table.Tr key={field}>
            <Table.Td className="mono wrap">{field}</Table.Td>
            <Table.Td className="wrap">
              {before !== '' && <del className={classes.before}>{before}</del>}{' '}
              {after !== '' && <ins className={classes.after}>{after}</ins>}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
